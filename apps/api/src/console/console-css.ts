/** Colours are told apart by shape and words too: nothing is said by colour alone. */
export const consoleCss = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --page: #fff; --card: #f6f8fa; --line: #d0d7de;
  --accent: #0550ae; --good: #116329; --bad: #a40e26; --created: #bf5700; --existing: #4a7fb5; --refused: #a40e26; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9da7b1; --page: #0d1117; --card: #161b22;
  --line: #3d444d; --accent: #79c0ff; --good: #56d364; --bad: #ff7b72; --created: #f0a050; --existing: #5d8fc4; --refused: #ff7b72; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: 0 1.5rem; align-items: baseline; }
h1 { margin: 0; font-size: 1.6rem; } h2 { margin: 0 0 .5rem; font-size: 1.2rem; } h3 { margin: 1rem 0 .25rem; font-size: 1rem; }
main { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
main > section, main > form { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; min-width: 0; }
#race, #newest, #sign-in { grid-column: 1 / -1; }
#sign-in[hidden], [hidden] { display: none !important; }
#race-form { display: flex; flex-wrap: wrap; gap: .75rem; align-items: start; }
#race-form p { margin: 0; min-width: 0; } #race-form input { width: 15rem; max-width: 100%; } #race-form #race-calls { width: 7rem; }
#race-form button { margin-top: 1.3125rem; }
.flaw { display: block; margin-top: .2rem; max-width: 15rem; color: var(--bad); font-size: .875rem; } [aria-invalid="true"] { border: 2px solid var(--bad); }
#lanes, .lists { display: grid; gap: 1rem 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); }
.lane p { margin: .25rem 0; } .lane h3 { margin: 0; } .chats { font-size: 1.75rem; font-weight: 700; margin-right: .5rem; }
label { display: block; font-size: .875rem; color: var(--soft); }
input, button { font: inherit; color: inherit; padding: .4rem .6rem; border: 1px solid var(--soft); border-radius: .3rem; background: var(--page); }
button { background: var(--accent); border-color: var(--accent); color: var(--page); font-weight: 600; cursor: pointer; }
button[aria-disabled="true"] { opacity: .6; cursor: progress; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; } .skip:focus { position: static; }
.verdict { font-size: 1.15rem; font-weight: 600; min-height: 1.75rem; margin: .75rem 0; }
svg { display: block; width: 100%; background: var(--page); border: 1px solid var(--line); border-radius: .3rem; }
.race-chart { height: 16rem; } #times { height: 5rem; }
.run.existing { fill: var(--existing); } .run.created { fill: var(--created); }
.run.refused { fill: var(--refused); }
.times { fill: none; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke; }
.legend { display: flex; align-items: baseline; gap: 1.25rem; padding: 0; margin: .5rem 0; list-style: none; }
.legend li::before { content: ""; display: inline-block; width: .8em; height: .8em; margin-right: .4em; border: 2px solid transparent; background: var(--existing); }
.legend .created::before { background: var(--created); height: 1.1em; vertical-align: -.15em; } .legend .refused::before { background: var(--refused); }
.axis { display: flex; justify-content: space-between; margin: .1rem 0 0; font-size: .875rem; color: var(--soft); }
.note, #times-text { color: var(--soft); font-size: .875rem; margin: .25rem 0; }
dl { margin: 0; } dl div { display: flex; justify-content: space-between; gap: 1rem; padding: .3rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); } dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
[data-mood="good"] { color: var(--good); font-weight: 600; } [data-mood="bad"] { color: var(--bad); font-weight: 600; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .875rem; }
caption { text-align: left; font-weight: 600; } td { overflow-wrap: anywhere; vertical-align: top; } td:last-child { white-space: nowrap; }
th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid var(--line); }
`;
