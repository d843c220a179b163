import { extent, group, max, range, sum, ticks } from "d3-array";
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
  readonly unit: "ms" | "count";
  readonly lines: readonly Line[];
  readonly xTicks: readonly (readonly [at: number, label: string])[];
  readonly bands?: readonly FaultOutcome[];
}

const size = { width: 1_080, height: 190, left: 62, right: 1_066, top: 10, bottom: 166 };

/** Milliseconds by percentile, the scale giving every further nine the same room: a chart per path and workload. */
export function latencyCharts({ latencies }: Pick<StressResult, "latencies">): readonly Html[] {
  const places = group(latencies, ({ path, workload }) => `${path} ${workload}`);
  return [...places].map(([place, summaries]) =>
    chart({
      title: `Milliseconds by percentile, ${place}`,
      unit: "ms",
      lines: summaries.map(curveOf),
      xTicks: [0, 0.5, 0.9, 0.99, 0.999].map((share) => [nines(share), `p${share * 100}`]),
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

/** What is drawn of the calls that ended in a step of some seconds; a line has a gap where there is nothing to draw. */
interface Course extends Pick<Chart, "title" | "unit"> {
  readonly figure: (ended: readonly Second[], seconds: number) => number | undefined;
}

function unanswered({ failed, unknown }: Second): number {
  return failed + unknown;
}

const courses: readonly Course[] = [
  {
    title: "Latency of answered calls, p99, milliseconds",
    unit: "ms",
    figure: (ended) => max(ended, ({ p99 }) => p99),
  },
  {
    title: "Answered calls per second",
    unit: "count",
    figure: (ended, seconds) => sum(ended, ({ ok }) => ok) / seconds,
  },
  {
    title: "Calls that failed, or whose outcome is unknown, per second",
    unit: "count",
    figure: (ended, seconds) => sum(ended, unanswered) / seconds,
  },
];
const mostPoints = 600;

/** How latencies, answers and failures, if there were any, went over the seconds of the run. */
export function timeCharts({ seconds, faults }: Pick<StressResult, "seconds" | "faults">): readonly Html[] {
  const last = max(seconds, ({ at }) => at) ?? 0;
  const step = Math.max(1, Math.ceil((last + 1) / mostPoints));
  const steps = range(0, last + 1, step);
  const ways = group(seconds, ({ variant, path }) => `${variant} ${path}`);
  const xTicks = ticks(0, last, 8).map((at) => [at, `${at} s`] as const);
  return courses.slice(0, seconds.some((second) => unanswered(second) > 0) ? 3 : 2).map((course) => {
    const lines = [...ways].map(([name, own]): Line => {
      const ended = group(own, ({ at }) => Math.floor(at / step) * step);
      const points = steps.map((at): Point => {
        const some = ended.get(at);
        return [at, some === undefined ? null : (course.figure(some, step) ?? null)];
      });
      return { name, variant: name.split(" ")[0] ?? "", dashed: name.includes("http"), points };
    });
    return chart({ ...course, lines, xTicks, bands: faults });
  });
}

function chart({ title, unit, lines, xTicks, bands = [] }: Chart): Html {
  const points = lines.flatMap((each) => each.points);
  const right = max([...xTicks.map(([at]) => at), ...points.map(([at]) => at)]) ?? 0;
  const x = scaleLinear([0, right || 1], [size.left, size.right]).clamp(true);
  const { y, yTicks, yText } = scaleOf(unit, points);
  const path = line<Point>(([at]) => x(at))
    .y(([, value]) => y(value ?? 0))
    .defined(([, value]) => value !== null && (unit !== "ms" || value > 0))
    .digits(1);
  const band = ({ fault, injectedAt, healedAt }: FaultOutcome): Html => {
    const [from, until] = [x(injectedAt / 1e9), healedAt === null ? size.right : x(healedAt / 1e9)];
    const width = Math.max(until - from, 1.5).toFixed(1);
    return html`<rect
      class="fault"
      x="${from.toFixed(1)}"
      width="${width}"
      y="${size.top}"
      height="${size.bottom - size.top}"
      ><title>${fault}</title></rect
    >`;
  };
  return html`<figure class="chart" tabindex="0" aria-label="${title}">
    <figcaption>${title}</figcaption>
    <svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${title}">
      ${bands.map(band)}
      ${yTicks.map((value) => html`<line class="tick" x1="${size.left}" x2="${size.right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" /><text x="${size.left - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${yText(value)}</text>`)}
      ${xTicks.map(([at, label]) => html`<text x="${x(at).toFixed(1)}" y="${size.height - 6}" text-anchor="middle">${label}</text>`)}
      ${lines.map(({ name, variant, dashed, points: own }) => html`<path class="line ${variant} ${dashed ? "dashed" : ""}" d="${path(own) ?? ""}"><title>${name}</title></path>`)}
    </svg>
    <ul class="legend">
      ${lines.map(({ name, variant, dashed }) => html`<li class="variant ${variant} ${dashed ? "dashed" : ""}">${name}</li>`)}
    </ul>
  </figure>`;
}

/** Of milliseconds a log scale, with ticks at 1 and 3 of each decade. */
function scaleOf(unit: Chart["unit"], points: readonly Point[]) {
  const values = points.flatMap(([, value]) => value ?? []);
  const extremes = [size.bottom, size.top];
  if (unit === "count") {
    const y = scaleLinear([0, Math.max(max(values) ?? 1, 1)], extremes);
    return { y, yTicks: y.ticks(4), yText: countText };
  }
  const [low = 1, high = 1] = extent(values.filter((value) => value > 0));
  const y = scaleLog([low / 1.12, high * 1.12], extremes);
  const yTicks = y.ticks().filter((value) => /^[13]e/.test(value.toExponential()));
  return { y, yTicks: yTicks.length > 0 ? yTicks : [low], yText: spanText };
}
