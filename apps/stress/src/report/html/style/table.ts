export const table = `
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
caption { text-align: left; color: var(--muted); font-size: 13px; padding: 0.75rem 1.25rem 0.35rem; }
th, td { text-align: left; vertical-align: baseline; padding: 0.5rem 0.75rem; border-top: 1px solid var(--line); }
thead th {
  border-top: 0; font-weight: 500; font-size: 12.5px; color: var(--muted); white-space: nowrap; vertical-align: bottom;
}
tbody th { font-weight: 400; }
th:first-child, td:first-child { padding-left: 1.25rem; }
th:last-child, td:last-child { padding-right: 1.25rem; }
.number { text-align: right; white-space: nowrap; }
.tight { white-space: nowrap; }
tbody tr:hover > * { background: color-mix(in srgb, var(--sunken) 55%, transparent); }
td .under, th .under { display: block; color: var(--muted); font-size: 12.5px; }
tbody th, tbody td { vertical-align: top; }
th .key { display: inline-block; min-width: 9rem; }
.key { font-family: var(--mono); font-size: 0.9em; overflow-wrap: anywhere; }
.witnesses { list-style: none; padding: 0; margin: 0.35rem 0 0; font: 12.5px/1.6 var(--mono); color: var(--muted); }
.more { padding: 0.6rem 1.25rem; border-top: 1px solid var(--line); color: var(--muted); font-size: 13px; }

.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.3rem 1.5rem; font-size: 14px; }
.facts dt { color: var(--muted); }
.facts dd { overflow-wrap: anywhere; }
@media (max-width: 560px) {
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: 0.5rem; }
  caption { width: calc(100vw - 4.5rem); }
  th, td { padding: 0.45rem 0.6rem; }
  th:first-child, td:first-child { padding-left: 1rem; }
  th:last-child, td:last-child { padding-right: 1rem; }
}
@media (max-width: 720px) {
  .stacks, .stacks caption, .stacks tbody, .stacks tr, .stacks th, .stacks td { display: block; }
  .stacks thead, .stacks td.empty { display: none; }
  .stacks caption { padding-bottom: 0.6rem; }
  .stacks tr { border-top: 1px solid var(--line); padding: 0.6rem 1rem; }
  .stacks tbody tr > * { border: 0; padding: 0.1rem 0; text-align: left; white-space: normal; overflow-wrap: anywhere; }
  .stacks td.number::before, .stacks td:last-child::before {
    content: attr(data-label); color: var(--muted); font-size: 12.5px; margin-right: 0.6rem;
  }
  .stacks .key { min-width: 0; }
  .stacks tbody td.forest-cell { width: auto; min-width: 0; height: 2.2rem; }
  .stacks td.forest-cell::before { content: none; }
  .stacks .forest-axis td:not(.forest-cell) { display: none; }
  .stacks tbody .forest-axis td.forest-cell { height: 1.6rem; }
  .stacks .forest { inset: 0; width: 100%; }
}
`;
