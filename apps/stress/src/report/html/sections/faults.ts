import type { FaultOutcome, StressResult } from "../../../result/stress-result.ts";
import { countText, noFigure, spanText } from "../../text/figure-text.ts";
import { dataTable } from "../data-table.ts";
import { type Html, html } from "../html.ts";

export function faultSection({ faults }: StressResult): Html {
  return html`<section id="faults">
    <h2>Faults and recovery</h2>
    <p class="lead">
      A fault counts only where it hit calls in flight. Recovery is the time from its end to the first call
      that was answered again.
    </p>
    ${faults.length === 0 ? html`<p class="none">None was injected.</p>` : faultTable(faults)}
  </section>`;
}

function faultTable(faults: readonly FaultOutcome[]): Html {
  const longest = Math.max(...faults.map((fault) => spanOf(fault) + (fault.recoveryMs ?? 0)));
  return dataTable({
    caption: `${faults.length} injected, in the order of time`,
    rows: faults.toSorted((a, b) => a.injectedAt - b.injectedAt),
    limit: 200,
    columns: [
      {
        head: "Fault",
        kind: "head",
        cell: ({ fault, target }) => html`<b>${fault}</b><span class="under">${target}</span>`,
      },
      {
        head: "Began at",
        kind: "number",
        cell: ({ injectedAt }) => `${(injectedAt / 1e9).toFixed(2)}\u00A0s`,
      },
      {
        head: "Lasted",
        kind: "number",
        cell: (fault) => (fault.healedAt === null ? "to the end" : spanText(spanOf(fault))),
      },
      { head: "Calls hit", kind: "number", cell: hitCell },
      { head: "Recovery", kind: "number", cell: recoveryCell },
      { head: "Fault, then recovery", cell: (fault) => bars(fault, longest) },
    ],
  });
}

function spanOf({ injectedAt, healedAt }: FaultOutcome): number {
  return healedAt === null ? 0 : (healedAt - injectedAt) / 1e6;
}

function hitCell({ hit }: FaultOutcome): Html | string {
  return hit > 0 ? countText(hit) : html`<span class="tag unsure">none</span>`;
}

function recoveryCell({ healedAt, recoveryMs }: FaultOutcome): Html | string {
  if (healedAt === null) return noFigure;
  return recoveryMs === null ? html`<span class="tag bad">never</span>` : spanText(recoveryMs);
}

function bars(fault: FaultOutcome, longest: number): Html | null {
  if (fault.healedAt === null || longest <= 0) return null;
  const lasted = (spanOf(fault) / longest) * 100;
  const waited = ((fault.recoveryMs ?? 0) / longest) * 100;
  return html`<svg class="recovery" aria-hidden="true">
    <rect class="lasted" width="${lasted.toFixed(2)}%" height="10" rx="2" />
    <rect class="waited" x="${lasted.toFixed(2)}%" width="${waited.toFixed(2)}%" height="10" rx="2" />
  </svg>`;
}
