import uPlot from "uplot";
import type { LatencyCurve, ReportData } from "../report-data.ts";
import { selection } from "./choice.ts";
import { millisecondsText } from "./milliseconds-text.ts";
import { drawPlot, labelled, logScale } from "./plot.ts";
import { pageColour } from "./page-colour.ts";
import { dashOf, inVariantOrder } from "./variants.ts";

/** Latency by percentile. Gives back what draws it. */
export function latencyCurves({ curves }: ReportData): () => void {
  const target = document.querySelector<HTMLElement>('[data-plot="curves"]');
  const tools = document.querySelector<HTMLElement>('[data-tools="curves"]');
  if (target === null || tools === null) return () => undefined;
  const places = placesOf(curves);
  let place = places[0] ?? "";
  const draw = (): void =>
    drawCurves(
      target,
      curves.filter((curve) => placeOf(curve) === place),
    );
  tools.append(
    selection({
      title: "Where",
      options: places.map((name) => [name, name] as const),
      value: place,
      onChange(value) {
        place = value;
        draw();
      },
    }),
  );
  tools.hidden = false;
  return draw;
}

function placeOf({ path, workload }: LatencyCurve): string {
  return `${path} ${workload}`;
}

/** Those first in which most can be compared. */
function placesOf(curves: readonly LatencyCurve[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const curve of curves) counts.set(placeOf(curve), (counts.get(placeOf(curve)) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([place]) => place);
}

/** Percentiles lie where they are in nines: 90 % at 1, 99 % at 2. */
function nines(share: number): number {
  return Number((-Math.log10(1 - share)).toFixed(6));
}

const marks: ReadonlyMap<number, string> = new Map([
  [0, "0 %"],
  [nines(0.5), "50 %"],
  [1, "90 %"],
  [2, "99 %"],
  [3, "99.9 %"],
  [4, "99.99 %"],
  [5, "99.999 %"],
  [6, "99.9999 %"],
]);

function drawCurves(target: HTMLElement, curves: readonly LatencyCurve[]): void {
  const ordered = inVariantOrder(curves);
  const tables = ordered.map(({ points }): uPlot.AlignedData => [
    points.map(([share]) => nines(share)),
    // A logarithm of nothing is nowhere.
    points.map(([, ms]) => Math.max(ms, 0.001)),
  ]);
  const data = tables.length === 0 ? ([[], []] as uPlot.AlignedData) : uPlot.join(tables);
  const last = Math.max(...data[0].map(Number), 1);
  drawPlot({
    target,
    height: 320,
    series: [{ label: "percentile", value: (_, x) => percentileText(x) }, ...ordered.map(lineOf)],
    data,
    scales: { x: { time: false, range: [0, last] }, y: logScale({ range: decades }) },
    x: {
      // Where it is narrow, 0 % and 50 % would overlap.
      splits: () => [...marks.keys()].filter((at) => at <= last && (at > 0 || target.clientWidth > 500)),
      values: (_, splits) => splits.map((at) => marks.get(at) ?? ""),
      space: 40,
    },
    y: { ...labelled(millisecondsText), size: 62 },
  });
}

/** Whole thirds of a decade around the data, so that a flat curve is drawn flat. */
function decades(_: uPlot, min: number | null, max: number | null): [number, number] {
  const least = Math.max(min ?? 0.1, 0.001);
  const most = Math.max(max ?? 10, least);
  return [10 ** (Math.floor(Math.log10(least) * 3) / 3), 10 ** (Math.floor(Math.log10(most) * 3 + 1) / 3)];
}

function lineOf({ variant, measured }: LatencyCurve): uPlot.Series {
  const isService = measured === "service";
  return {
    label: isService ? variant : `${variant}, from the intended start`,
    stroke: pageColour(variant),
    width: isService ? (variant === "ours" ? 2.5 : 1.75) : 1.25,
    dash: dashOf(variant),
    spanGaps: true,
    points: { show: false },
    value: (_, ms) => (ms === null ? "–" : `${ms.toFixed(ms < 10 ? 2 : 1)} ms`),
  };
}

function percentileText(x: number | null): string {
  if (x === null) return "–";
  const digits = Math.max(Math.ceil(x) - 1, 0);
  return `${(100 * (1 - 10 ** -x)).toFixed(digits)} %`;
}
