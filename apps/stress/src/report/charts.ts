import { extent, group, max, range, ticks } from "d3-array";
import { scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";
import type { FaultOutcome, LatencySummary, Second, StressResult } from "../measure/result.ts";
import { type Html, html } from "./html.ts";
import { countText, spanText } from "./text/figure-text.ts";

type Point = readonly [x: number, y: number | null];

interface Line {
  readonly name: string;
  readonly variant: string;
  readonly dashed: boolean;
  readonly points: readonly Point[];
}

interface Chart {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly isLog: boolean;
  readonly xTicks: readonly (readonly [at: number, label: string])[];
  readonly yText: (value: number) => string;
  readonly bands?: readonly FaultOutcome[];
}

const size = { width: 1_080, height: 190, left: 62, right: 1_066, top: 10, bottom: 166 };

/** Milliseconds by percentile, the scale giving every further nine the same room: a chart per path and workload. */
export function latencyCharts({ latencies }: Pick<StressResult, "latencies">): readonly Html[] {
  const places = group(latencies, ({ path, workload }) => `${path} ${workload}`);
  return [...places].map(([place, summaries]) =>
    chart({
      title: `Milliseconds by percentile, ${place}`,
      isLog: true,
      lines: summaries.map(curveOf),
      xTicks: [0, 0.5, 0.9, 0.99, 0.999].map((share) => [nines(share), `p${share * 100}`]),
      yText: spanText,
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

function unanswered({ failed, unknown }: Second): number {
  return failed + unknown;
}

/** How latencies, answers and failures went over the seconds of the run. */
export function timeCharts({ seconds, faults }: Pick<StressResult, "seconds" | "faults">): readonly Html[] {
  const last = max(seconds, ({ at }) => at) ?? 0;
  const step = Math.max(1, Math.ceil((last + 1) / mostPoints));
  const ways = group(seconds, ({ variant, path }) => `${variant} ${path}`);
  const xTicks = ticks(0, last, 8).map((at) => [at, `${at} s`] as const);
  const over = (
    figure: (list: readonly Second[]) => number | undefined,
  ): Pick<Chart, "lines" | "xTicks" | "bands"> => ({
    lines: [...ways].map(([name, own]): Line => {
      const steps = group(own, ({ at }) => Math.floor(at / step) * step);
      // A line is not drawn through seconds in which nobody called.
      const points = range(0, last + 1, step).map((at): Point => [at, figure(steps.get(at) ?? []) ?? null]);
      return { name, variant: name.split(" ")[0] ?? "", dashed: name.includes("http"), points };
    }),
    xTicks,
    bands: faults,
  });
  const perSecond = (of: (second: Second) => number) =>
    over((list) =>
      list.length === 0 ? undefined : list.reduce((sum, second) => sum + of(second), 0) / step,
    );
  return [
    chart({
      title: "Latency of answered calls, p99, milliseconds",
      isLog: true,
      ...over((list) => max(list, ({ p99 }) => p99)),
      yText: spanText,
    }),
    chart({
      title: "Answered calls per second",
      isLog: false,
      ...perSecond(({ ok }) => ok),
      yText: countText,
    }),
    ...(seconds.some((second) => unanswered(second) > 0)
      ? [
          chart({
            title: "Calls that failed, or whose outcome is unknown, per second",
            isLog: false,
            ...perSecond(unanswered),
            yText: countText,
          }),
        ]
      : []),
  ];
}

function chart({ title, lines, isLog, xTicks, yText, bands = [] }: Chart): Html {
  const points = lines.flatMap((each) => each.points);
  const right = max([...xTicks.map(([at]) => at), ...points.map(([at]) => at)]) ?? 0;
  const x = scaleLinear([0, right || 1], [size.left, size.right]).clamp(true);
  const { y, yTicks } = isLog ? logScale(points) : linearScale(points);
  const path = line<Point>(
    ([at]) => x(at),
    ([, value]) => y(value ?? 0),
  )
    .defined(([, value]) => value !== null && (!isLog || value > 0))
    .digits(1);
  return html`<figure class="chart" tabindex="0" aria-label="${title}">
    <figcaption>${title}</figcaption>
    <svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${title}">
      ${bands.map(({ fault, injectedAt, healedAt }) => {
        const [from, until] = [x(injectedAt / 1e9), healedAt === null ? size.right : x(healedAt / 1e9)];
        return html`<rect
          class="fault"
          x="${from.toFixed(1)}"
          width="${Math.max(until - from, 1.5).toFixed(1)}"
          y="${size.top}"
          height="${size.bottom - size.top}"
          ><title>${fault}</title></rect
        >`;
      })}
      ${yTicks.map((value) => html`<line class="tick" x1="${size.left}" x2="${size.right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" /><text x="${size.left - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${yText(value)}</text>`)}
      ${xTicks.map(([at, label]) => html`<text x="${x(at).toFixed(1)}" y="${size.height - 6}" text-anchor="middle">${label}</text>`)}
      ${lines.map(({ name, variant, dashed, points: own }) => html`<path class="line ${variant} ${dashed ? "dashed" : ""}" d="${path(own) ?? ""}"><title>${name}</title></path>`)}
    </svg>
    <ul class="legend">
      ${lines.map(({ name, variant, dashed }) => html`<li class="variant ${variant} ${dashed ? "dashed" : ""}">${name}</li>`)}
    </ul>
  </figure>`;
}

interface Scale {
  readonly y: (value: number) => number;
  readonly yTicks: readonly number[];
}

function linearScale(points: readonly Point[]): Scale {
  const y = scaleLinear([0, Math.max(max(points, ([, value]) => value) ?? 1, 1)], [size.bottom, size.top]);
  return { y, yTicks: y.ticks(4) };
}

/** Ticks at 1 and 3 of each decade. */
function logScale(points: readonly Point[]): Scale {
  const positive = points.filter(([, value]) => value !== null && value > 0);
  const [low = 1, high = 1] = extent(positive, ([, value]) => value);
  const y = scaleLog([low / 1.12, high * 1.12], [size.bottom, size.top]);
  const yTicks = y.ticks().filter((value) => /^[13]e/.test(value.toExponential()));
  return { y, yTicks: yTicks.length > 0 ? yTicks : [low] };
}
