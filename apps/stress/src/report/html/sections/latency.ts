import type { LatencySummary, StressResult } from "../../../result/stress-result.ts";
import { countText, msFigure, rateText } from "../../text/figure-text.ts";
import { type Column, dataTable } from "../data-table.ts";
import { type Html, html } from "../html.ts";
import { variantName } from "../variant-name.ts";

/** The curve is drawn by the page; its figures are in a table that needs no script. */
export function latencySection({ latencies }: StressResult): Html {
  return html`<section id="latency">
    <h2>Latency</h2>
    <p class="lead">
      Of answered calls. In an open loop, response time counts from when a call was meant to start, as a user
      would; service time from when it did. A percentile is given only where at least ten calls are above it.
    </p>
    ${latencies.length === 0 ? html`<p class="none">No call was answered.</p>` : chartFrame()}
    ${latencies.length === 0 ? null : latencyTable(latencies)}
  </section>`;
}

function chartFrame(): Html {
  return html`<div class="tools" data-tools="curves" hidden></div>
    <div class="panel">
      <figure class="chart">
        <figcaption>Milliseconds by percentile; the scale gives every further nine the same room</figcaption>
        <div
          class="plot"
          data-plot="curves"
          role="img"
          aria-label="Latency by percentile for each variant; the table below has the figures"
        >
          <noscript><p class="none">The chart is drawn by a script.</p></noscript>
        </div>
      </figure>
    </div>`;
}

function latencyTable(latencies: readonly LatencySummary[]): Html {
  return html`<details>
    <summary>All figures</summary>
    ${dataTable({
      caption: "Latency in milliseconds, and answered calls per second",
      rows: latencies,
      columns: [
        { head: "Variant", kind: "head", cell: ({ variant }) => variantName(variant) },
        { head: "Path", kind: "tight", cell: ({ path }) => path },
        { head: "Workload", kind: "tight", cell: ({ workload }) => workload },
        { head: "Time", kind: "tight", cell: ({ measured }) => measured },
        { head: "Calls", kind: "number", cell: ({ count }) => countText(count) },
        ms("p50", ({ p50 }) => p50),
        ms("p95", ({ p95 }) => p95),
        ms("p99", ({ p99 }) => p99),
        ms("p99.9", ({ p999 }) => p999),
        ms("max", ({ max }) => max),
        { head: "Per second", kind: "number", cell: ({ perSecond }) => rateText(perSecond) },
      ],
    })}
  </details>`;
}

function ms(head: string, of: (summary: LatencySummary) => number | null): Column<LatencySummary> {
  return { head, kind: "number", cell: (summary) => msFigure(of(summary)) };
}
