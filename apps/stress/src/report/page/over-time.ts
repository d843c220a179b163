import type uPlot from "uplot";
import type { FaultBand, ReportData, SecondGroup } from "../report-data.ts";
import { segmented } from "./choice.ts";
import { drawFaults } from "./draw-faults.ts";
import { millisecondsText } from "./milliseconds-text.ts";
import { pageColour } from "./page-colour.ts";
import { drawPlot, labelled, logScale } from "./plot.ts";
import { dashOf, inVariantOrder } from "./variants.ts";

type Percentile = "p50" | "p99" | "max";

interface View {
  path: string;
  percentile: Percentile;
}

/** Latency and calls over the seconds of the run, faults shaded. Gives back what draws them. */
export function overTime({ seconds, faults }: ReportData): () => void {
  const tools = document.querySelector<HTMLElement>('[data-tools="time"]');
  const paths = [...new Set(seconds.groups.map(({ path }) => path))];
  if (tools === null) return () => undefined;
  const view: View = { path: mostVariants(seconds.groups, paths), percentile: "p99" };
  const draw = (): void => {
    const groups = inVariantOrder(seconds.groups.filter(({ path }) => path === view.path));
    drawAll({ groups, faults, width: seconds.width, last: lastSecond(seconds.groups), view });
  };
  tools.append(...choices(view, paths, draw));
  tools.hidden = false;
  return draw;
}

function choices(view: View, paths: readonly string[], draw: () => void): readonly HTMLElement[] {
  return [
    segmented("path", {
      title: "Path",
      options: paths.map((path) => [path, path] as const),
      value: view.path,
      onChange(value) {
        view.path = value;
        draw();
      },
    }),
    segmented("percentile", {
      title: "Latency",
      options: [
        ["p50", "median"],
        ["p99", "p99"],
        ["max", "max"],
      ],
      value: view.percentile,
      onChange(value) {
        view.percentile = value as Percentile;
        draw();
      },
    }),
  ];
}

function mostVariants(groups: readonly SecondGroup[], paths: readonly string[]): string {
  const count = (path: string): number => groups.filter((group) => group.path === path).length;
  return paths.toSorted((a, b) => count(b) - count(a))[0] ?? "";
}

function lastSecond(groups: readonly SecondGroup[]): number {
  return groups.reduce((last, { at }) => Math.max(last, at.at(-1) ?? 0), 0);
}

interface Drawing {
  readonly groups: readonly SecondGroup[];
  readonly faults: readonly FaultBand[];
  readonly width: number;
  readonly last: number;
  readonly view: View;
}

function drawAll(drawing: Drawing): void {
  const { groups, view } = drawing;
  drawLines("latency", drawing, {
    data: groups.map((group) => group[view.percentile]),
    text: (ms) => `${ms.toFixed(ms < 10 ? 2 : 1)} ms`,
    isLogarithmic: true,
  });
  drawLines("throughput", drawing, {
    data: groups.map(({ ok }) => ok),
    text: (calls) => `${Math.round(calls)} /s`,
    isLogarithmic: false,
  });
  drawTrouble(drawing);
}

interface Lines {
  readonly data: readonly (readonly (number | null)[])[];
  readonly text: (value: number) => string;
  readonly isLogarithmic: boolean;
}

function drawLines(name: string, drawing: Drawing, { data, text, isLogarithmic }: Lines): void {
  const { groups, width, last } = drawing;
  const series = groups.map(({ variant }): uPlot.Series => ({
    label: variant,
    stroke: pageColour(variant),
    width: variant === "ours" ? 2 : 1.5,
    dash: dashOf(variant),
    points: { show: true, size: 4, fill: pageColour(variant) },
    value: (_, value) => (value === null ? "–" : text(value)),
  }));
  drawOverTime(name, drawing, {
    series,
    data: groups.map(({ at }, i) =>
      spread(at, data[i] ?? [], { width, last, floor: isLogarithmic ? 0.001 : 0 }),
    ),
    y: isLogarithmic ? logScale({}) : { range: fromZero },
    yText: isLogarithmic ? millisecondsText : countText,
  });
}

/** Without trouble there is nothing to draw. */
function drawTrouble(drawing: Drawing): void {
  const { groups, width, last } = drawing;
  const sums = (["failed", "unknown"] as const).map((kind) =>
    sumOf(groups.map((group) => spread(group.at, group[kind], { width, last, floor: 0 }))),
  );
  const figure = document.querySelector<HTMLElement>('[data-figure="trouble"]');
  if (figure === null) return;
  figure.hidden = sums.every((values) => values.every((value) => value === null || value === 0));
  if (figure.hidden) return;
  const colours = [
    ["failed", pageColour("bad")],
    ["unknown", pageColour("unsure")],
  ] as const;
  drawOverTime("trouble", drawing, {
    series: colours.map(([label, stroke]) => ({
      label,
      stroke,
      fill: stroke.replace(/rgb\((.*)\)/, "rgba($1, 0.18)"),
      width: 1.5,
      points: { show: false },
      value: (_, value) => (value === null ? "–" : `${Math.round(value)} /s`),
    })),
    data: sums,
    y: { range: fromZero },
    yText: countText,
  });
}

function fromZero(_: uPlot, __: number | null, max: number | null): [number, number] {
  return [0, Math.max(max ?? 0, 1) * 1.08];
}

/** One place for every step of the run, so that a variant's pauses are gaps and not lines. */
function spread(
  at: readonly number[],
  values: readonly (number | null)[],
  { width, last, floor }: { readonly width: number; readonly last: number; readonly floor: number },
): (number | null)[] {
  const spreadOut = Array.from({ length: Math.floor(last / width) + 1 }, (): number | null => null);
  for (const [i, second] of at.entries()) {
    const value = values[i] ?? null;
    spreadOut[Math.floor(second / width)] = value === null ? null : Math.max(value, floor);
  }
  return spreadOut;
}

function sumOf(lists: readonly (readonly (number | null)[])[]): (number | null)[] {
  const [first = []] = lists;
  return first.map((_, i) => {
    const values = lists.flatMap((list) => list[i] ?? []);
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
  });
}

interface TimePlot {
  readonly series: readonly uPlot.Series[];
  readonly data: readonly (readonly (number | null)[])[];
  readonly y: uPlot.Scale;
  readonly yText: (value: number | null) => string;
}

function drawOverTime(
  name: string,
  { faults, width, last }: Drawing,
  { series, data, y, yText }: TimePlot,
): void {
  const target = document.querySelector<HTMLElement>(`[data-plot="${name}"]`);
  if (target === null) return;
  const at = Array.from({ length: Math.floor(last / width) + 1 }, (_, i) => i * width);
  drawPlot({
    target,
    height: name === "trouble" ? 150 : 210,
    series: [{ label: "at", value: (_, x) => (x === null ? "–" : `${x} s`) }, ...series],
    data: [at, ...data.map((values) => [...values])],
    scales: { x: { time: false, range: [0, Math.max(last + width, 1)] }, y },
    x: { values: (_, splits) => splits.map((second) => `${second} s`) },
    y: labelled(yText),
    sync: "time",
    background: (plot) => drawFaults(plot, faults),
  });
}

function countText(calls: number | null): string {
  if (calls === null) return "";
  return calls >= 1_000 ? `${Number((calls / 1_000).toPrecision(3))}k` : String(Number(calls.toPrecision(3)));
}
