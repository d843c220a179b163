import type { StressResult, ThresholdOutcome } from "../../../result/stress-result.ts";
import { unitText } from "../../text/figure-text.ts";
import { dataTable } from "../data-table.ts";
import { type Html, html } from "../html.ts";

export function thresholdSection({ thresholds }: StressResult): Html {
  return html`<section id="thresholds">
    <h2>Thresholds</h2>
    <p class="lead">
      A ratio misses its limit only when its whole interval does; where the interval straddles the limit, the
      run cannot say, and says so.
    </p>
    ${thresholds.length === 0 ? html`<p class="none">This run had none, or did not come to judge them.</p>` : table(thresholds)}
  </section>`;
}

const order = ["missed", "inconclusive", "unmeasured", "met"];

function table(thresholds: readonly ThresholdOutcome[]): Html {
  const rows = thresholds.toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  return dataTable({
    caption: `${rows.filter(({ outcome }) => outcome === "met").length} of ${rows.length} met`,
    rows,
    stacks: true,
    columns: [
      { head: "Outcome", kind: "tight", cell: outcomeTag },
      {
        head: "Threshold",
        kind: "head",
        cell: ({ expression }) => html`<code class="key">${expression}</code>`,
      },
      { head: "Observed", kind: "number", cell: ({ observed, unit }) => unitText(observed, unit) },
      { head: "95 % interval", kind: "number", cell: intervalText },
      { head: "Decided by", cell: ({ decidedBy }) => decidedBy },
    ],
  });
}

const looks: Readonly<Record<ThresholdOutcome["outcome"], readonly [mark: string, tone: string]>> = {
  met: ["✓", "good"],
  missed: ["✗", "bad"],
  inconclusive: ["~", "unsure"],
  unmeasured: ["–", ""],
};

function outcomeTag({ outcome, severity }: ThresholdOutcome): Html {
  const [mark, tone] = looks[outcome];
  const invalid = outcome === "missed" && severity === "invalid" ? ", so the run is invalid" : "";
  return html`<span class="tag ${tone}">${mark} ${outcome}</span
    >${invalid === "" ? null : html`<span class="under">${invalid.slice(2)}</span>`}`;
}

function intervalText({ low, high, unit }: ThresholdOutcome): string {
  return low === null || high === null ? "" : `${unitText(low, unit)} – ${unitText(high, unit)}`;
}
