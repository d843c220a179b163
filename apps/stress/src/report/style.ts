/** Colours follow the system's scheme, light or dark. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f6f4, #0e1012); --paper: light-dark(#fff, #15181b); --sunken: light-dark(#f1f1ee, #1c2024);
  --ink: light-dark(#191b1e, #e6e8ea); --muted: light-dark(#565d66, #a3acb5); --line: light-dark(#e2e2de, #2a2f35);
  --rule: light-dark(#bfc1bd, #464d55); --accent: light-dark(#1d5bc7, #7fb0ff);
  --good: light-dark(#126a43, #4fc78d); --good-tint: light-dark(#e6f3ec, #12291f);
  --bad: light-dark(#a82620, #ff8279); --bad-tint: light-dark(#fbe9e7, #2b1718);
  --unsure: light-dark(#7a5000, #e5b54a); --unsure-tint: light-dark(#fbf1dc, #292213);
  --ours: var(--accent); --raw: light-dark(#59636e, #a9b4bf); --mongoose: light-dark(#7a44b8, #c9a2f7);
  --naive: light-dark(#a3520d, #f2a763); --base: light-dark(#0b7285, #66d9e8);
  --bar: light-dark(#a9bede, #43597c); --other: light-dark(#e0a060, #8f6234); --third: light-dark(#b795df, #6b5491);
  --window: light-dark(rgb(23 115 74 / .14), rgb(79 199 141 / .18)); --fault: light-dark(rgb(180 42 36 / .1), rgb(255 130 121 / .14));
  --sans: system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace;
}
*, *::before, *::after { box-sizing: border-box; }
html { background: var(--ground); scroll-padding-top: 3.5rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; color: var(--ink); font: 15px/1.55 var(--sans); font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
h1, h2, p, ul, dl, dd, figure { margin: 0; }
h1, h2 { font-weight: 600; line-height: 1.2; letter-spacing: -.015em; }
h2 { font-size: 1.3rem; }
a { color: var(--accent); text-underline-offset: .18em; }
code, .mono { font-family: var(--mono); font-size: .92em; overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 1rem; top: .5rem; z-index: 3; background: var(--paper); padding: .4rem .8rem; }
.muted, .lead, .under, caption, figcaption, footer { color: var(--muted); }
.top { position: sticky; top: 0; z-index: 2; background: var(--ground); border-bottom: 1px solid var(--line); }
.top ul { display: flex; gap: 1.1rem; max-width: 1180px; margin: 0 auto; padding: .7rem 1.5rem; list-style: none; overflow-x: auto; white-space: nowrap; font-size: 13.5px; }
.top a { color: var(--muted); text-decoration: none; }
.top a:hover { color: var(--ink); }
main { max-width: 1180px; margin: 0 auto; padding: 0 1.5rem 4rem; }
footer { max-width: 1180px; margin: 0 auto; padding: 0 1.5rem 3rem; font-size: 13px; }
section { margin-top: 3rem; }
.lead { max-width: 78ch; margin: .35rem 0 1rem; }
.panel, .verdict { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; }
.panel + .panel, details { margin-top: .9rem; }
.good { --tone: var(--good); --tint: var(--good-tint); }
.bad { --tone: var(--bad); --tint: var(--bad-tint); }
.unsure { --tone: var(--unsure); --tint: var(--unsure-tint); }
.verdict { margin-top: 2rem; overflow: hidden; }
.verdict .head { display: grid; grid-template-columns: auto 1fr; gap: 0 1.1rem; padding: 1.6rem; background: var(--tint); border-bottom: 1px solid var(--line); }
.verdict .head svg { width: 2.6rem; fill: none; stroke: var(--tone); stroke-width: 3; stroke-linecap: round; stroke-linejoin: round; }
.verdict h1 { font-size: 2.2rem; color: var(--tone); }
.verdict .meaning { font-size: 1.05rem; max-width: 70ch; margin-top: .25rem; }
.verdict .meaning::first-letter { text-transform: uppercase; }
.verdict .headline { font-weight: 600; margin-top: .6rem; }
.verdict ul { padding-left: 1.1rem; margin: .6rem 0; max-width: 90ch; }
.verdict .notes { color: var(--muted); font-size: 14px; }
.verdict .head .muted { font-size: 13.5px; color: var(--ink); }
.stats { display: flex; flex-wrap: wrap; }
.stats > div { flex: 1 1 9rem; padding: .9rem 1.6rem; }
.stats dt { font-size: 12.5px; color: var(--muted); }
.stats dd { font-size: 1.3rem; font-weight: 600; color: var(--tone, var(--ink)); }
.stats dd:not(.good, .bad) { color: var(--ink); }
.again { display: flex; flex-wrap: wrap; gap: .75rem; padding: .7rem 1.6rem; border-top: 1px solid var(--line); align-items: baseline; }
.again span { color: var(--muted); font-size: 13px; }
.again code { user-select: all; flex: 1; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
caption { text-align: left; font-size: 13px; padding: .7rem 1.1rem .35rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .7rem; border-top: 1px solid var(--line); font-weight: 400; }
th:first-child, td:first-child { padding-left: 1.1rem; }
thead th { border-top: 0; font-weight: 500; font-size: 12.5px; color: var(--muted); white-space: nowrap; }
.number { text-align: right; white-space: nowrap; }
.under { display: block; font-size: 12.5px; }
.tag { display: inline-block; font-size: 12px; font-weight: 600; padding: .05rem .5rem; border-radius: 5px; color: var(--tone, var(--muted)); background: var(--tint, var(--sunken)); }
.ours { --colour: var(--ours); } .raw { --colour: var(--raw); } .mongoose { --colour: var(--mongoose); } .naive { --colour: var(--naive); } .base { --colour: var(--base); }
.variant { white-space: nowrap; }
.variant::before { content: ""; display: inline-block; width: .6em; height: .6em; border-radius: 2px; margin-right: .5em; background: var(--colour, var(--muted)); }
.variant.dashed::before { height: 0; border-top: 2px dashed var(--colour); background: none; vertical-align: middle; }
summary { cursor: pointer; font-size: 14px; padding: .2rem 0; overflow-wrap: anywhere; }
details.panel { padding: .7rem 1.1rem; }
details.panel > summary .tag { margin: 0 .4rem; }
.facts { margin: .5rem 0 .8rem; font-size: 13.5px; }
.witnesses { list-style: none; padding: 0; margin: .3rem 0; font: 12.5px/1.6 var(--mono); }
.meter { display: block; width: 100%; min-width: 4rem; height: 4px; margin: .3rem 0 .1rem; }
.meter .all { fill: var(--sunken); } .meter .part { fill: var(--colour, var(--accent)); }
.forest { display: block; width: 208px; height: 14px; margin: .15rem 0 0 auto; }
.forest .one { stroke: var(--rule); } .forest .interval { stroke: var(--accent); stroke-width: 2; } .forest circle { fill: var(--accent); }
svg text { font: 11.5px var(--sans); fill: var(--muted); }
.chart { padding: .9rem 1rem .6rem; } .chart + .chart { border-top: 1px solid var(--line); }
figcaption { font-size: 13px; }
.chart svg { display: block; width: 100%; min-width: 500px; } .chart { overflow-x: auto; }
.tick, .lane { stroke: var(--line); }
.line { fill: none; stroke: var(--colour); stroke-width: 1.7; stroke-linejoin: round; stroke-linecap: round; } .line.dashed { stroke-dasharray: 5 4; }
.fault { fill: var(--fault); } .window { fill: var(--window); } .impossible { fill: var(--fault); stroke: var(--bad); stroke-dasharray: 3 3; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; padding: .2rem 0; font-size: 13px; color: var(--muted); }
.timeline { display: block; width: 100%; min-width: 700px; }
.op { fill: var(--bar); stroke: var(--bar); stroke-width: .5; }
.op.id-1 { fill: var(--other); } .op.id-2 { fill: var(--third); }
.op.created { fill: var(--good); } .op.nothing { fill: var(--paper); stroke: var(--muted); stroke-width: 1; }
.op.unknown { fill: var(--unsure-tint); stroke: var(--unsure); stroke-width: 1; } .op.fail { fill: var(--bad); }
.op.merge { fill: var(--mongoose); } .op.witness { stroke: var(--ink); stroke-width: 2; }
.op-look::before { content: ""; display: inline-block; width: 1.3em; height: .7em; margin-right: .4em; border-radius: 2px; background: var(--bar); border: 1px solid transparent; }
.op-look.created::before { background: var(--good); } .op-look.nothing::before { background: var(--paper); border-color: var(--muted); }
.op-look.unknown::before { background: var(--unsure-tint); border-color: var(--unsure); } .op-look.refused::before { background: var(--bad); }
.op-look.another::before { background: var(--other); } .op-look.proves::before { border: 2px solid var(--ink); }
@media (max-width: 560px) { main, footer { padding-left: 1rem; padding-right: 1rem; } .verdict .head { padding: 1.1rem; } .verdict h1 { font-size: 1.7rem; } }
@media print { .top { display: none; } }
`;
