import type { Operation } from "../../../history/operation.ts";
import type { Anomaly, StressResult } from "../../../result/stress-result.ts";
import type { HistoryFacts } from "../../history/history-facts.ts";
import { countText } from "../../text/figure-text.ts";
import { operationText } from "../../text/operation-text.ts";
import { shortened } from "../../text/visible-text.ts";
import { dataTable } from "../data-table.ts";
import { type Html, html } from "../html.ts";
import { variantName } from "../variant-name.ts";

export function anomalySection(result: StressResult, facts: HistoryFacts): Html {
  const { anomalies } = result;
  return html`<section id="anomalies">
    <h2>Anomalies</h2>
    <p class="lead">
      Every key is checked exactly: whether some order of its calls, each taking effect at one instant between
      its start and its end, explains all answers. An anomaly is proven by the calls that rule every order
      out.
    </p>
    ${anomalies.length === 0 ? html`<p class="none"><span class="tag ${isClean(result) ? "good" : ""}">0</span> ${clean(result)}</p>` : anomalyTable(anomalies, facts, "Of what has to be right")}
    ${controlPart(result, facts)}
  </section>`;
}

function isClean({ verdict, contention }: StressResult): boolean {
  return verdict !== "interrupted" && verdict !== "bug" && contention.length > 0;
}

/** An interrupted run may not have come to check anything. */
function clean({ verdict, contention }: StressResult): string {
  if (verdict === "interrupted" || verdict === "bug")
    return "None found in what was seen until the run ended early.";
  return contention.length === 0 ? "Nothing was checked." : "None, in any variant that has to be right.";
}

function controlPart({ controlAnomalies, contention }: StressResult, facts: HistoryFacts): Html | null {
  if (controlAnomalies.length === 0) {
    const hasControl = contention.some(({ variant, operations }) => variant === "naive" && operations > 0);
    return hasControl
      ? html`<p class="lead">
          The naive control was not caught either: this run could not have seen an anomaly.
        </p>`
      : null;
  }
  const count = countText(controlAnomalies.length);
  return html`<details>
    <summary>
      ${count} of the naive control, which has to be caught: without them the run would prove nothing
    </summary>
    ${anomalyTable(controlAnomalies, facts, "Of the naive control: find, then insert, without an index")}
  </details>`;
}

function anomalyTable(anomalies: readonly Anomaly[], facts: HistoryFacts, caption: string): Html {
  return dataTable({
    caption,
    rows: anomalies,
    limit: 60,
    stacks: true,
    columns: [
      { head: "Anomaly", kind: "tight", cell: ({ name }) => html`<span class="tag bad">${name}</span>` },
      {
        head: "Where",
        kind: "tight",
        cell: ({ variant, path, workload }) =>
          html`${variantName(variant)}<span class="under">${path} ${workload}</span>`,
      },
      { head: "Key", kind: "head", cell: ({ key }) => keyLink(key, facts) },
      {
        head: "What proves it",
        cell: ({ text, witnesses }) =>
          html`${shortened(text, 500)}${witnessList(witnesses, facts.witnesses)}`,
      },
    ],
  });
}

function keyLink(key: string, { timelines, timelineOf }: HistoryFacts): Html {
  const text = shortened(key, 60);
  const place = timelineOf.get(key) ?? timelines.length;
  return place < timelines.length
    ? html`<a class="key" href="#timeline" data-show-timeline="${place}">${text}</a>`
    : html`<span class="key">${text}</span>`;
}

function witnessList(ops: readonly number[], known: ReadonlyMap<number, Operation>): Html {
  const lines = ops.slice(0, 6).map((op) => {
    const operation = known.get(op);
    return html`<li>${operation === undefined ? `op ${op}` : operationText(operation)}</li>`;
  });
  return html`<ul class="witnesses">
    ${lines}
  </ul>`;
}
