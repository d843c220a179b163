import { extent, group, max, ticks } from "d3-array";
import type { FaultOutcome, LatencySummary, Second, StressResult } from "../measure/result.ts";
import { type Html, html } from "./html.ts";
import { countText, spanText } from "./text/figure-text.ts";

interface Line {
  readonly name: string;
  readonly variant: string;
  readonly dashed: boolean;
  readonly points: readonly (readonly [x: number, y: number | null])[];
}

interface Chart {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly isLog: boolean;
  readonly xTicks: readonly (readonly [at: number, label: string])[];
  readonly yText: (value: number) => string;
  readonly bands?: readonly FaultOutcome[];
}

const size = { width: 1_080, height: 190, left: 62, right: 14, top: 10, bottom: 24 };

/** Milliseconds by percentile, the scale giving every further nine the same room: a chart per path and workload. */
export function latencyCharts({ latencies }: Pick<StressResult, "latencies">): readonly Html[] {
  const places = group(latencies, ({ path, workload }) => `${path} ${workload}`);
  return [...places].map(([place, summaries]) =>
    chart({
      title: `Milliseconds by percentile, ${place}`,
      isLog: true,
      lines: summaries.map(curveOf),
      xTicks: [0, 0.5, 0.9, 0.99, 0.999].map((share) => [nines(share), `p${share * 100}`]),
      yText: (ms) => spanText(ms),
    }),
  );
}

function nines(share: number): number {
  return -Math.log10(1 - share);
}

function curveOf({ variant, measured, curve }: LatencySummary): Line {
  const name = measured === "response" ? `${variant}, from the intended start` : variant;
  const points = curve.map(([share, ms]) => [nines(share), ms] as const);
  return { name, variant, dashed: measured === "response", points };
}

const mostPoints = 600;

/** How latencies, answers and failures went over the seconds of the run. */
export function timeCharts({ seconds, faults }: Pick<StressResult, "seconds" | "faults">): readonly Html[] {
  const last = max(seconds, ({ at }) => at) ?? 0;
  const width = Math.max(1, Math.ceil((last + 1) / mostPoints));
  const ways = group(seconds, ({ variant, path }) => `${variant} ${path}`);
  const lines = (figure: (list: readonly Second[]) => number | null): readonly Line[] =>
    [...ways].map(([name, own]) => ({
      name,
      variant: name.split(" ")[0] ?? "",
      dashed: name.includes("http"),
      points: withGaps(
        group(own, ({ at }) => Math.floor(at / width) * width),
        width,
        figure,
      ),
    }));
  const xTicks = ticks(0, last, 8).map((at) => [at, `${at} s`] as const);
  const sum = (of: (second: Second) => number) => (list: readonly Second[]) =>
    list.reduce((total, second) => total + of(second), 0) / width;
  const about = { xTicks, bands: faults };
  return [
    chart({
      ...about,
      title: "Latency of answered calls, p99, milliseconds",
      isLog: true,
      lines: lines((list) => max(list, ({ p99 }) => p99) ?? null),
      yText: (ms) => spanText(ms),
    }),
    chart({
      ...about,
      title: "Answered calls per second",
      isLog: false,
      lines: lines(sum(({ ok }) => ok)),
      yText: countText,
    }),
    ...(seconds.some(({ failed, unknown }) => failed + unknown > 0)
      ? [
          chart({
            ...about,
            title: "Calls that failed, or whose outcome is unknown, per second",
            isLog: false,
            lines: lines(sum(({ failed, unknown }) => failed + unknown)),
            yText: countText,
          }),
        ]
      : []),
  ];
}

/** A line is not drawn through seconds in which nobody called. */
function withGaps(
  steps: ReadonlyMap<number, readonly Second[]>,
  width: number,
  figure: (list: readonly Second[]) => number | null,
): Line["points"] {
  return [...steps]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([at, list]) => {
      const point = [at, figure(list)] as const;
      return steps.has(at - width) ? [point] : [[at, null] as const, point];
    });
}

function chart({ title, lines, isLog, xTicks, yText, bands = [] }: Chart): Html {
  const values = lines.flatMap(({ points }) =>
    points.flatMap(([, y]) => (y === null || (isLog && y <= 0) ? [] : [y])),
  );
  const [low = 0, high = 1] = extent(values) as [number | undefined, number | undefined];
  const scale = isLog ? Math.log10 : (value: number) => value;
  const [bottom, top] = isLog ? [scale(low) - 0.05, scale(high) + 0.05] : [0, Math.max(high, 1)];
  const right = Math.max(
    1e-9,
    ...xTicks.map(([at]) => at),
    ...lines.flatMap(({ points }) => points.map(([at]) => at)),
  );
  const x = (at: number): number => size.left + (at / right) * (size.width - size.left - size.right);
  const y = (value: number): number =>
    size.height -
    size.bottom -
    ((scale(value) - bottom) / (top - bottom || 1)) * (size.height - size.top - size.bottom);
  const yTicks = isLog ? logTicks(low, high) : ticks(0, top, 4);
  return html`<figure class="chart" tabindex="0" aria-label="${title}">
    <figcaption>${title}</figcaption>
    <svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${title}">
      ${bands.map(({ fault, injectedAt, healedAt }) => html`<rect class="fault" x="${fixed(x(injectedAt / 1e9))}" width="${fixed(Math.max(x((healedAt ?? right * 1e9) / 1e9) - x(injectedAt / 1e9), 1.5))}" y="${size.top}" height="${size.height - size.top - size.bottom}"><title>${fault}</title></rect>`)}
      ${yTicks.map((value) => html`<line class="tick" x1="${size.left}" x2="${size.width - size.right}" y1="${fixed(y(value))}" y2="${fixed(y(value))}" /><text x="${size.left - 6}" y="${fixed(y(value) + 4)}" text-anchor="end">${yText(value)}</text>`)}
      ${xTicks.map(([at, label]) => html`<text x="${fixed(x(at))}" y="${size.height - 6}" text-anchor="middle">${label}</text>`)}
      ${lines.map(({ name, variant, dashed, points }) => html`<path class="line ${variant} ${dashed ? "dashed" : ""}" d="${pathOf(points, x, y, isLog)}"><title>${name}</title></path>`)}
    </svg>
    <ul class="legend">
      ${lines.map(({ name, variant, dashed }) => html`<li class="variant ${variant} ${dashed ? "dashed" : ""}">${name}</li>`)}
    </ul>
  </figure>`;
}

function pathOf(
  points: Line["points"],
  x: (at: number) => number,
  y: (value: number) => number,
  isLog: boolean,
): string {
  let isDrawing = false;
  return points
    .map(([at, value]) => {
      if (value === null || (isLog && value <= 0)) return ((isDrawing = false), "");
      // A lone point would not be seen as a line of no length.
      const step = `${isDrawing ? "L" : "M"}${fixed(x(at))} ${fixed(y(value))}${isDrawing ? "" : "h0.1"}`;
      isDrawing = true;
      return step;
    })
    .join("");
}

function logTicks(low: number, high: number): readonly number[] {
  const decades = Array.from({ length: 12 }, (_, index) => 10 ** (index - 4));
  const inside = decades
    .flatMap((decade) => [decade, 3 * decade])
    .filter((value) => value >= low && value <= high);
  return inside.length > 0 ? inside : [low];
}

function fixed(length: number): string {
  return length.toFixed(1);
}
