import type { Variant } from "../../../history/operation.ts";
import type { Anomaly, LatencySummary, StressResult } from "../../../result/stress-result.ts";
import { countText, msFigure, noFigure, rateText } from "../../text/figure-text.ts";
import { type Column, dataTable } from "../data-table.ts";
import { type Html, html } from "../html.ts";
import { meter } from "../meter.ts";
import { variantName, variantOrder } from "../variant-name.ts";

interface Row {
  readonly title: Html | string;
  readonly cell: (variant: Variant) => Html | string;
}

/** The same load on all variants: what each got wrong, and what each cost. */
export function controlSection(result: StressResult): Html {
  const variants = variantOrder.filter((variant) =>
    result.contention.some((group) => group.variant === variant && group.operations > 0),
  );
  return html`<section id="controls">
    <h2>Controls side by side</h2>
    <p class="lead">
      The same calls in the same run: <b>ours</b> is onechat, <b>raw</b> the bare driver's upsert under the
      same index and thus the floor, <b>mongoose</b> the classic upsert that reads again after a duplicate
      key, and <b>naive</b> find-then-insert without the index, which has to break.
    </p>
    ${variants.length === 0 ? html`<p class="none">No variant was run.</p>` : controlTable(result, variants)}
  </section>`;
}

function controlTable(result: StressResult, variants: readonly Variant[]): Html {
  const columns: readonly Column<Row>[] = [
    { head: "", kind: "head", cell: ({ title }) => title },
    ...variants.map((variant): Column<Row> => ({
      head: variantName(variant),
      cell: ({ cell }) => cell(variant),
    })),
  ];
  const rows = [...correctnessRows(result), ...latencyRows(result.latencies)];
  return dataTable({
    caption:
      "Anomalies and calls in all; per path and workload the median latency in milliseconds, and below it p99 and answered calls per second",
    columns,
    rows,
  });
}

function correctnessRows({ anomalies, controlAnomalies, contention }: StressResult): readonly Row[] {
  const all = [...anomalies, ...controlAnomalies];
  const sum = (variant: Variant, count: "operations" | "racesLost" | "unknown"): string => {
    const groups = contention.filter((group) => group.variant === variant);
    return countText(groups.reduce((total, group) => total + group[count], 0));
  };
  return [
    {
      title: "Anomalies",
      cell: (variant) => anomalyCell(all.filter((anomaly) => anomaly.variant === variant)),
    },
    { title: "Calls", cell: (variant) => sum(variant, "operations") },
    { title: "Races lost", cell: (variant) => sum(variant, "racesLost") },
    { title: html`<span class="tight">Outcome unknown</span>`, cell: (variant) => sum(variant, "unknown") },
  ];
}

function anomalyCell(found: readonly Anomaly[]): Html {
  if (found.length === 0) return html`<span class="tag good">0</span>`;
  const names = [...new Set(found.map(({ name }) => name))];
  const shown = names.slice(0, 3).map((name) => html`<span class="under">${name}</span>`);
  const rest = names.length - shown.length;
  return html`<span class="tag bad">${countText(found.length)}</span
    >${shown}${rest > 0 ? html`<span class="under">and ${rest} more</span>` : null}`;
}

/** Places where there is something to compare; what only one variant was asked for is in the table of latencies. */
function latencyRows(latencies: readonly LatencySummary[]): readonly Row[] {
  const groups = new Map<string, LatencySummary[]>();
  for (const summary of latencies) {
    const name = `${summary.path} ${summary.workload}${summary.measured === "response" ? " from the intended start" : ""}`;
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [summary]);
    else known.push(summary);
  }
  return [...groups]
    .filter(([, summaries]) => summaries.length > 1)
    .map(([name, summaries]) => {
      const slowest = Math.max(...summaries.map(({ p50 }) => p50 ?? 0));
      return {
        title: html`<span class="tight">${name}</span>`,
        cell: (variant) =>
          latencyCell(
            summaries.find((summary) => summary.variant === variant),
            slowest,
          ),
      };
    });
}

function latencyCell(summary: LatencySummary | undefined, slowest: number): Html | string {
  if (summary === undefined) return noFigure;
  const { variant, p50, p99, perSecond } = summary;
  const percentile = p99 === null ? "" : `p99 ${msFigure(p99)} · `;
  return html`<b>${msFigure(p50)}</b>${meter(variant, slowest > 0 ? (p50 ?? 0) / slowest : 0)}
    <span class="under">${percentile}${rateText(perSecond)}/s</span>`;
}
