export const timeline = `
.timeline { padding: 1rem 1.25rem 1.25rem; }
.timeline .facts { margin-bottom: 0.9rem; }
.timeline .anomaly { margin: 0 0 0.5rem; }
.canvas { position: relative; border: 1px solid var(--line); border-radius: 8px; overflow: auto; max-height: 700px; }
.canvas > svg { display: block; touch-action: pan-y; cursor: grab; outline: none; }
.canvas > svg:active { cursor: grabbing; }
.canvas:has(svg:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px; }
.lane-line { stroke: var(--line); }
.lane-label { fill: var(--ink); }
.tick { stroke: var(--line); }
.window-band { fill: var(--window); }
.window-edge { stroke: var(--good); stroke-dasharray: 3 3; }
.window-band.impossible { fill: url(#impossible); }
.window-edge.impossible { stroke: var(--bad); }
.window-text { fill: var(--good); font-weight: 600; }
.window-text.impossible { fill: var(--bad); }
.fault-band { fill: var(--fault); }
.fault-text { fill: var(--bad); }
.op { fill: var(--bar); stroke: var(--bar-edge); stroke-width: 0.75; }
.op.id-1 { fill: var(--bar-other); stroke: var(--bar-other-edge); }
.op.id-2 { fill: var(--bar-third); stroke: var(--bar-third-edge); }
.op.thin { stroke-width: 0; }
.op.created { fill: var(--good); stroke: var(--good); }
.op.nothing { fill: var(--paper); stroke: var(--muted); }
.op.merge { fill: var(--mongoose); stroke: var(--mongoose); }
.op.unknown { fill: url(#unknown); stroke: var(--unsure); }
.op.fail { fill: var(--bad); stroke: var(--bad); }
.witness-ring { fill: none; stroke: var(--ink); stroke-width: 2; }
.op-letter { font: 600 10px var(--mono); fill: var(--ink); pointer-events: none; }
.op-letter.inverse { fill: var(--paper); }
.selected-ring { fill: none; stroke: var(--accent); stroke-width: 2.5; }
.legend { display: flex; flex-wrap: wrap; gap: 0.35rem 1.1rem; padding: 0; margin: 0.7rem 0 0; list-style: none; font-size: 13px; color: var(--muted); }
.legend svg { width: 22px; height: 11px; margin-right: 0.4rem; vertical-align: -1px; }
.keys { font-size: 13px; color: var(--muted); margin-top: 0.7rem; }
.detail { margin-top: 1rem; padding: 0.85rem 1rem; background: var(--sunken); border-radius: 8px; min-height: 9.4rem; }
.detail h3 { font-size: 14px; margin: 0 0 0.4rem; }
.detail .facts { font-size: 13.5px; margin: 0; gap: 0.15rem 1.25rem; }
.witness-buttons { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 0.4rem 0 0.2rem; }
.witness-buttons button { font-size: 12.5px; min-height: 1.8rem; padding: 0.2rem 0.6rem; white-space: normal; text-align: left; }
@media (max-width: 560px) { .timeline { padding: 0.75rem; } .keys { display: none; } }
`;
