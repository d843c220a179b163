import type { RatioEstimate, StressResult } from "../../../result/stress-result.ts";
import { countText, factorText, noFigure } from "../../text/figure-text.ts";
import { type Html, html } from "../html.ts";
import { forestAxis, forestRow, forestScale, type ForestScale } from "../forest-plot.ts";

export function ratioSection({ ratios, client }: StressResult): Html {
  return html`<section id="ratios">
    <h2>Ratios</h2>
    <p class="lead">
      Each round runs all variants in random order; a ratio is the median of the rounds' log ratios with its
      95&nbsp;% bootstrap interval. The A/A row compares onechat with itself: its interval, shaded through all
      rows, is the least difference that this run could have seen.
    </p>
    ${client.saturated ? saturatedNote(client.reasons) : null}
    ${ratios.length === 0 ? html`<p class="none">No rounds were measured.</p>` : ratioTable(ratios)}
  </section>`;
}

function saturatedNote(reasons: readonly string[]): Html {
  return html`<p class="lead">
    <span class="tag unsure">client saturated</span> The process that sends was the bottleneck, so these
    figures say little about the server: ${reasons.join("; ")}.
  </p>`;
}

function ratioTable(ratios: readonly RatioEstimate[]): Html {
  const scale = forestScale(ratios);
  const rows = ratios.toSorted((a, b) => Number(isSame(b)) - Number(isSame(a)));
  const caption = `Ratios of ${ratios.length === 1 ? "one pair" : `${ratios.length} pairs`} with their 95 % intervals; 1 is no difference`;
  return html`<div class="panel">
    <div class="scroll" tabindex="0" role="region" aria-label="Ratios">
      <table class="stacks">
        <caption>
          ${caption}
        </caption>
        <thead>
          <tr>
            <th scope="col">Ratio</th>
            <th scope="col">Where</th>
            <th scope="col" class="number">Estimate</th>
            <th scope="col" class="number">95 % interval</th>
            <th scope="col">Interval on a log scale</th>
            <th scope="col" class="number">Rounds</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => ratioRow(row, scale))}
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

function isSame({ of, to }: RatioEstimate): boolean {
  return of === to;
}

function ratioRow(row: RatioEstimate, scale: ForestScale): Html {
  const { metric, of, to, path, workload, estimate, low, high, rounds } = row;
  const name = isSame(row)
    ? html`${metric} <b>A/A</b><span class="under">the resolution: ${resolutionText(row)}</span>`
    : html`${metric} <b>${of}</b> / ${to}`;
  return html`<tr class="${isSame(row) ? "aa" : ""}">
    <th scope="row">${name}</th>
    <td class="tight">${path} ${workload}</td>
    <td class="number" data-label="Estimate"><b>${factorText(estimate)}</b></td>
    <td class="number" data-label="95 % interval">
      ${low === null || high === null ? "too few rounds" : `${factorText(low)} – ${factorText(high)}`}
    </td>
    <td class="forest-cell">${forestRow(row, scale)}</td>
    <td class="number" data-label="Rounds">${countText(rounds)}</td>
  </tr> `;
}

/** How far from one the interval of a thing with itself goes. */
function resolutionText({ low, high }: RatioEstimate): string {
  if (low === null || high === null || low <= 0) return noFigure;
  return `±${((Math.max(high, 1 / low) - 1) * 100).toFixed(1)} %`;
}
