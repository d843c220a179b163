export const page = `
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
html { background: var(--ground); scroll-padding-top: 4rem; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; color: var(--ink); font: 400 15px/1.55 var(--sans);
  font-variant-numeric: tabular-nums; font-feature-settings: "cv11", "ss03";
  overflow-wrap: break-word;
}
h1, h2, h3, p, ul, dl, dd, figure { margin: 0; }
h1, h2, h3 { font-weight: 600; line-height: 1.2; letter-spacing: -0.015em; text-wrap: balance; }
a { color: var(--accent); text-underline-offset: 0.18em; text-decoration-thickness: 1px; }
code, kbd, .mono { font-family: var(--mono); font-size: 0.92em; font-variant-ligatures: none; }
kbd {
  display: inline-block; min-width: 1.5em; padding: 0 0.35em; text-align: center; font-size: 0.82em; line-height: 1.5;
  border: 1px solid var(--rule); border-radius: 4px; background: var(--paper);
}
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 1rem; top: 0.5rem; z-index: 3; background: var(--paper); padding: 0.4rem 0.8rem; }
.hidden-text {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.muted { color: var(--muted); }

.bar {
  position: sticky; top: 0; z-index: 2; background: color-mix(in srgb, var(--ground) 88%, transparent);
  backdrop-filter: blur(10px); border-bottom: 1px solid var(--line);
}
.bar > div {
  display: flex; align-items: center; gap: 1.25rem; max-width: 1180px; margin: 0 auto; padding: 0 1.5rem; height: 3rem;
}
.brand { font-weight: 600; letter-spacing: -0.01em; white-space: nowrap; }
.brand span { color: var(--muted); font-weight: 400; }
.bar nav { flex: 1; min-width: 0; overflow-x: auto; scrollbar-width: none; }
.bar nav ul { display: flex; gap: 1.1rem; padding: 0; list-style: none; white-space: nowrap; font-size: 13.5px; }
.bar nav a { display: block; padding: 0.75rem 0; color: var(--muted); text-decoration: none; }
.bar nav a:hover { color: var(--ink); }

button, select {
  font: inherit; font-size: 13.5px; line-height: 1.3; color: var(--ink); background: var(--paper);
  border: 1px solid var(--rule); border-radius: 6px; padding: 0.32rem 0.7rem; min-height: 2rem;
}
button { cursor: pointer; white-space: nowrap; }
button:hover, select:hover { border-color: var(--muted); }
button[aria-pressed="true"] { background: var(--ink); color: var(--paper); border-color: var(--ink); }
select { max-width: 100%; text-overflow: ellipsis; }

main { max-width: 1180px; margin: 0 auto; padding: 0 1.5rem 5rem; }
section { margin-top: 3.5rem; }
section > h2 { font-size: 1.35rem; }
section > h3, .part > h3 { font-size: 1rem; margin-top: 1.75rem; }
.lead { color: var(--muted); max-width: 74ch; margin: 0.35rem 0 1.1rem; text-wrap: pretty; }
.panel { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; }
.panel.padded { padding: 1.1rem 1.25rem; }
.none { color: var(--muted); }
footer { max-width: 1180px; margin: 0 auto; padding: 0 1.5rem 3rem; color: var(--muted); font-size: 13px; }

.verdict { margin-top: 2.25rem; overflow: hidden; }
.verdict-head { display: grid; grid-template-columns: auto 1fr; gap: 0 1.1rem; padding: 1.75rem 1.75rem 1.5rem; }
.verdict-head > svg { width: 2.6rem; height: 2.6rem; margin-top: 0.15rem; }
.verdict h1 { font-size: 2.4rem; letter-spacing: -0.03em; }
.verdict .meaning { font-size: 1.08rem; max-width: 68ch; margin-top: 0.3rem; text-wrap: pretty; }
.verdict .reasons { padding-left: 1.1rem; margin-top: 0.8rem; max-width: 82ch; }
.verdict .reasons li { margin-top: 0.2rem; }
.verdict .run { color: var(--muted); font-size: 13.5px; margin-top: 0.9rem; }
.good { --tone: var(--good); --tint: var(--good-tint); }
.bad { --tone: var(--bad); --tint: var(--bad-tint); }
.unsure { --tone: var(--unsure); --tint: var(--unsure-tint); }
.verdict-head { background: var(--tint); border-bottom: 1px solid var(--line); }
.verdict h1, .verdict-head > svg { color: var(--tone); }

.stats { display: grid; grid-template-columns: repeat(6, 1fr); }
.stats > div { padding: 1rem 1.25rem; border-left: 1px solid var(--line); min-width: 0; }
.stats > div:first-child { border-left: 0; padding-left: 1.75rem; }
.stats dt { font-size: 12.5px; color: var(--muted); }
.stats dd { font-size: 1.45rem; font-weight: 600; letter-spacing: -0.02em; line-height: 1.35; white-space: nowrap; }
.stats dd small { font-size: 0.8rem; font-weight: 400; color: var(--muted); letter-spacing: 0; }
.stats .tone { color: var(--tone); }

.reproduce { display: flex; align-items: center; gap: 0.75rem; padding: 0.7rem 1.75rem; border-top: 1px solid var(--line); }
.reproduce > span { color: var(--muted); font-size: 13px; white-space: nowrap; }
.reproduce code { flex: 1; min-width: 0; overflow-x: auto; white-space: pre; padding: 0.3rem 0; }

.tag {
  display: inline-block; font-size: 12px; font-weight: 600; line-height: 1.5; padding: 0.05rem 0.5rem; border-radius: 5px;
  color: var(--tone, var(--muted)); background: var(--tint, var(--sunken)); white-space: nowrap;
}
.variant { white-space: nowrap; font-weight: 500; }
.variant::before {
  content: ""; display: inline-block; width: 0.6em; height: 0.6em; border-radius: 2px; margin-right: 0.5em;
  background: var(--colour, var(--muted));
}
.ours { --colour: var(--ours); }
.raw { --colour: var(--raw); }
.mongoose { --colour: var(--mongoose); }
.naive { --colour: var(--naive); }

details { margin-top: 1rem; }
summary { cursor: pointer; color: var(--muted); font-size: 14px; width: fit-content; }
summary:hover { color: var(--ink); }
details[open] > summary { margin-bottom: 0.75rem; }

@media (max-width: 860px) {
  .stats { grid-template-columns: repeat(3, 1fr); }
  .stats > div:nth-child(n + 4) { border-top: 1px solid var(--line); }
  .stats > div:nth-child(3n + 1) { border-left: 0; padding-left: 1.75rem; }
}
@media (max-width: 560px) {
  body { font-size: 14.5px; }
  main, footer { padding-left: 1rem; padding-right: 1rem; }
  .bar > div { padding: 0 1rem; gap: 0.9rem; }
  .brand span, [data-theme-toggle] span { display: none; }
  .verdict-head { padding: 1.25rem 1.1rem; gap: 0 0.8rem; }
  .verdict-head > svg { width: 1.9rem; height: 1.9rem; }
  .verdict h1 { font-size: 1.8rem; }
  .stats { grid-template-columns: repeat(2, 1fr); }
  .stats > div { padding: 0.75rem 1.1rem; border-top: 1px solid var(--line); }
  .stats > div:nth-child(-n + 2) { border-top: 0; }
  .stats > div:nth-child(n) { border-left: 1px solid var(--line); padding-left: 1.1rem; }
  .stats > div:nth-child(2n + 1) { border-left: 0; }
  .reproduce { padding: 0.6rem 1.1rem; flex-wrap: wrap; }
  .reproduce > span { display: none; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print { .bar, .reproduce button, .tools { display: none; } .panel { break-inside: avoid; } }
`;
