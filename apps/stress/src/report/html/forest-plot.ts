import type { RatioEstimate } from "../../result/stress-result.ts";
import { factorText } from "../text/figure-text.ts";
import { type Html, html } from "./html.ts";

/** Where a ratio lies between the ends of a log scale. */
export interface ForestScale {
  readonly least: number;
  readonly most: number;
}

/** What the run could not tell from one. */
export type Resolution = readonly [low: number, high: number];

/** Wide enough for every interval and for one, in which all rows share; never wilder than a hundredfold. */
export function forestScale(ratios: readonly RatioEstimate[]): ForestScale {
  const values = ratios
    .flatMap(({ estimate, low, high }) => [estimate, low ?? estimate, high ?? estimate])
    .filter((value) => value > 0 && Number.isFinite(value));
  const least = Math.max(Math.min(...values, 0.8), 0.01) / 1.08;
  const most = Math.min(Math.max(...values, 1.25), 100) * 1.08;
  return { least, most };
}

/** In percent of the width, so that a row needs no fixed one. */
function place(value: number, { least, most }: ForestScale): number {
  const share = Math.log(value / least) / Math.log(most / least);
  return Math.min(Math.max(share, 0), 1) * 100;
}

export function forestRow(row: RatioEstimate, scale: ForestScale, resolution: Resolution | null): Html {
  const { of, to, estimate, low, high } = row;
  const one = percent(place(1, scale));
  return html`<svg class="forest ${of === to ? "" : of}" role="img" aria-label="${altText(row)}">
    ${resolution === null ? null : resolutionBand(resolution, scale)}
    <line class="one" x1="${one}" x2="${one}" y1="0" y2="100%" />
    <svg y="50%" overflow="visible">
      ${low === null || high === null ? null : interval(low, high, scale)}
      ${estimate > 0 ? html`<circle class="estimate" cx="${percent(place(estimate, scale))}" r="5.5" />` : null}
    </svg>
  </svg>`;
}

function altText({ estimate, low, high }: RatioEstimate): string {
  if (low === null || high === null) return `estimate ${factorText(estimate)}, no interval`;
  const side = low > 1 ? "above one" : high < 1 ? "below one" : "one lies in the interval";
  return `estimate ${factorText(estimate)}, interval from ${factorText(low)} to ${factorText(high)}: ${side}`;
}

function resolutionBand([low, high]: Resolution, scale: ForestScale): Html {
  const [from, to] = [place(low, scale), place(high, scale)];
  return html`<rect class="resolution" x="${percent(from)}" width="${percent(to - from)}" height="100%" />`;
}

/** Around the middle of the row, wherever that is. */
function interval(low: number, high: number, scale: ForestScale): Html {
  const [from, to] = [percent(place(low, scale)), percent(place(high, scale))];
  const ends = [from, to].map((x) => html`<line class="end" x1="${x}" x2="${x}" y1="-4" y2="4" />`);
  return html`<line class="interval" x1="${from}" x2="${to}" y1="0" y2="0" />${ends}`;
}

export function forestAxis(scale: ForestScale): Html {
  const labels = ticks(scale).map((value) => {
    const x = percent(place(value, scale));
    return html`<text x="${x}" y="16" text-anchor="middle">${value}×</text>`;
  });
  return html`<svg class="forest" aria-hidden="true">${labels}</svg>`;
}

const coarse = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];
const medium = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5];
const fine = [0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75];

/** As many as there is room for; never too near to one another on the log scale. */
function ticks({ least, most }: ForestScale): readonly number[] {
  const span = most / least;
  const values = span < 3 ? fine : span < 20 ? medium : coarse;
  return values.filter((value) => value >= least && value <= most);
}

function percent(value: number): string {
  return `${value.toFixed(2)}%`;
}
