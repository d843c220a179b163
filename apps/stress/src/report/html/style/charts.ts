export const charts = `
svg text { font: 11.5px var(--sans); fill: var(--muted); font-variant-numeric: tabular-nums; }
.tools { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; margin-bottom: 0.75rem; }
.tools fieldset + fieldset { margin-left: 0.75rem; }
.tools fieldset { display: flex; align-items: center; gap: 0; border: 0; margin: 0; padding: 0; }
.tools legend { float: left; padding: 0 0.6rem 0 0; font-size: 13px; color: var(--muted); }
.tools label.field { display: flex; align-items: center; gap: 0.6rem; font-size: 13px; color: var(--muted); min-width: 0; max-width: 100%; }
.tools .field select { min-width: 0; }
.segment { position: relative; }
.segment input { position: absolute; inset: 0; opacity: 0; margin: 0; cursor: pointer; }
.segment span {
  display: block; padding: 0.28rem 0.75rem; font-size: 13.5px; border: 1px solid var(--rule); margin-left: -1px;
  background: var(--paper);
}
.segment:first-of-type span { border-radius: 6px 0 0 6px; margin-left: 0; }
.segment:last-of-type span { border-radius: 0 6px 6px 0; }
.segment:only-of-type span { border-radius: 6px; }
.segment input:checked + span { background: var(--ink); color: var(--paper); border-color: var(--ink); }
.segment input:focus-visible + span { outline: 2px solid var(--accent); outline-offset: 2px; }

.chart { padding: 0.9rem 1rem 0.4rem; }
.chart + .chart { border-top: 1px solid var(--line); }
.chart figcaption { font-size: 13px; color: var(--muted); padding: 0 0.25rem 0.4rem; }
.chart .plot { min-height: 60px; width: 100%; overflow: hidden; }
.uplot { font-family: inherit; }
.uplot .u-legend { font-size: 13px; text-align: left; margin: 0; padding-left: 3rem; }
.uplot .u-legend th, .uplot .u-legend td { border: 0; padding: 0 4px; }
.uplot .u-legend tr:hover > * { background: none; }
.uplot .u-legend th { font-weight: 400; color: var(--ink); }
.uplot .u-legend .u-value { min-width: 5.5ch; text-align: left; font-weight: 600; }
.uplot .u-legend tr { margin-right: 0.5rem; }
.uplot .u-legend .u-marker { width: 0.7em; height: 0.7em; border-radius: 2px; }
.uplot .u-hz .u-cursor-x, .uplot .u-vt .u-cursor-y { border-right-color: var(--rule); }
.uplot .u-select { background: var(--window); }

.forest { position: absolute; inset: 0 1rem; width: calc(100% - 2rem); height: 100%; overflow: visible; }
.forest .one { stroke: var(--rule); stroke-width: 1; }
.forest .resolution { fill: var(--sunken); }
.forest .interval { stroke: var(--colour, var(--ink)); stroke-width: 2; stroke-linecap: round; }
.forest .end { stroke: var(--colour, var(--ink)); stroke-width: 2; stroke-linecap: round; }
.forest .estimate { fill: var(--colour, var(--ink)); stroke: var(--paper); stroke-width: 2; }
.forest-cell { position: relative; width: 42%; min-width: 240px; }
.forest-axis th, .forest-axis td { border-top: 1px solid var(--rule); }
.forest-axis td { height: 1.6rem; }
tr.aa > * { background: color-mix(in srgb, var(--sunken) 60%, transparent); }

.meter { width: 100%; min-width: 5rem; height: 5px; display: block; margin: 0.3rem 0 0.15rem; }
td > .meter:only-child { margin: 0; vertical-align: middle; display: inline-block; }
.meter .all { fill: var(--sunken); }
.meter .part { fill: var(--colour, var(--accent)); }
.histogram { width: 100%; height: auto; display: block; }
.histogram rect { fill: var(--colour, var(--accent)); }
.histogram .axis { stroke: var(--rule); }
.histograms { display: grid; grid-template-columns: repeat(auto-fit, minmax(240px, 1fr)); gap: 1.5rem 2rem; }
.histograms figcaption { font-size: 13px; margin-bottom: 0.5rem; }

.recovery { width: 100%; min-width: 7rem; height: 10px; display: block; margin-top: 0.45rem; }
.recovery .lasted { fill: var(--bad); opacity: 0.35; }
.recovery .waited { fill: var(--bad); }
@media (max-width: 560px) {
  .tools fieldset + fieldset { margin-left: 0; }
  .uplot .u-legend { padding-left: 0; } 
  .chart { padding: 0.75rem 0.5rem 0.4rem; }
}
`;
