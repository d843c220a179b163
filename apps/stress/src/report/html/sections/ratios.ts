import type { RatioEstimate, StressResult } from "../../../result/stress-result.ts";
import { countText, factorText, noFigure } from "../../text/figure-text.ts";
import { forestAxis, forestRow, forestScale, type ForestScale, type Resolution } from "../forest-plot.ts";
import { type Html, html } from "../html.ts";

export function ratioSection({ ratios, client }: StressResult): Html {
  return html`<section id="ratios">
    <h2>Ratios</h2>
    <p class="lead">
      Each round runs all variants in random order; a ratio is the median of the rounds' log ratios with its
      95&nbsp;% bootstrap interval. An A/A row compares onechat with itself: its interval, shaded through the
      rows that it stands for, is what this run could not tell from no difference.
    </p>
    ${client.saturated ? saturatedNote(client.reasons) : null}
    ${ratios.length === 0 ? html`<p class="none">No rounds were measured.</p>` : tables(ratios)}
  </section>`;
}

function saturatedNote(reasons: readonly string[]): Html {
  return html`<p class="lead">
    <span class="tag unsure">client saturated</span> The processes that send were the bottleneck, so these
    figures say little about the server: ${reasons.join("; ")}.
  </p>`;
}

/** A table per metric, of which the first is open; all on one scale. */
function tables(ratios: readonly RatioEstimate[]): readonly Html[] {
  const scale = forestScale(ratios);
  const metrics = [...new Set(ratios.map(({ metric }) => metric))];
  return metrics.map((metric, index) => {
    const rows = ratios.filter((row) => row.metric === metric);
    const table = ratioTable(metric, rows, scale);
    return index === 0
      ? table
      : html`<details>
          <summary>${metric}, ${countText(rows.length)} ${rows.length === 1 ? "ratio" : "ratios"}</summary>
          ${table}
        </details>`;
  });
}

function ratioTable(metric: string, ratios: readonly RatioEstimate[], scale: ForestScale): Html {
  const rows = ratios.toSorted(
    (a, b) => placeOf(a).localeCompare(placeOf(b)) || Number(isSame(b)) - Number(isSame(a)),
  );
  return html`<div class="panel">
    <div class="scroll" tabindex="0" role="region" aria-label="Ratios of ${metric}">
      <table class="stacks">
        <caption>
          <b>${metric}</b
          >, on a log scale around one
        </caption>
        <thead>
          <tr>
            <th scope="col">Where</th>
            <th scope="col">Compared</th>
            <th scope="col" class="number">Estimate</th>
            <th scope="col" class="number">95 % interval</th>
            <th scope="col"><span class="hidden-text">Interval, drawn</span></th>
            <th scope="col" class="number">Rounds</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => ratioRow(row, scale, resolutionOf(row, ratios)))}
          <tr class="forest-axis">
            <td colspan="4"></td>
            <td class="forest-cell">${forestAxis(scale)}</td>
            <td></td>
          </tr>
        </tbody>
      </table>
    </div>
  </div>`;
}

function placeOf({ path, workload }: RatioEstimate): string {
  return `${path} ${workload}`;
}

function isSame({ of, to }: RatioEstimate): boolean {
  return of === to;
}

/** The interval of the A/A row of the same place, stretched to one where it misses it. */
function resolutionOf(row: RatioEstimate, ratios: readonly RatioEstimate[]): Resolution | null {
  const same = ratios.find((other) => isSame(other) && placeOf(other) === placeOf(row));
  if (same === undefined || same.low === null || same.high === null) return null;
  return [Math.min(same.low, 1), Math.max(same.high, 1)];
}

function ratioRow(row: RatioEstimate, scale: ForestScale, resolution: Resolution | null): Html {
  const { of, to, estimate, low, high, rounds } = row;
  const compared = isSame(row)
    ? html`A/A <span class="muted">resolves ${resolutionText(resolution)}</span>`
    : html`<b>${of}</b> / ${to}`;
  return html`<tr class="${isSame(row) ? "aa" : ""}">
    <th scope="row" class="tight">${placeOf(row)}</th>
    <td class="tight">${compared}</td>
    <td class="number" data-label="Estimate"><b>${factorText(estimate)}</b></td>
    <td class="number" data-label="95 % interval">
      ${low === null || high === null ? "too few rounds" : `${factorText(low)} – ${factorText(high)}`}
    </td>
    <td class="forest-cell">${forestRow(row, scale, resolution)}</td>
    <td class="number" data-label="Rounds">${countText(rounds)}</td>
  </tr> `;
}

/** How far from one a ratio has to be. */
function resolutionText(resolution: Resolution | null): string {
  if (resolution === null || resolution[0] <= 0) return noFigure;
  return `±${((Math.max(resolution[1], 1 / resolution[0]) - 1) * 100).toFixed(0)} %`;
}
