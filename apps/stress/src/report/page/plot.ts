import uPlot from "uplot";
import { pageColour } from "./page-colour.ts";

export interface PlotInput {
  readonly target: HTMLElement;
  readonly height: number;
  readonly series: readonly uPlot.Series[];
  readonly data: uPlot.AlignedData;
  readonly scales: uPlot.Scales;
  readonly x: uPlot.Axis;
  readonly y: uPlot.Axis;
  readonly sync?: string;
  /** Draws below the lines. */
  readonly background?: (plot: uPlot) => void;
}

/** Latencies of a run span decades. The name that uPlot's types have for the 3 is gone at run time. */
export function logScale(scale: uPlot.Scale): uPlot.Scale {
  return Object.assign(scale, { distr: 3 });
}

const plots = new WeakMap<HTMLElement, uPlot>();

/** Draws a chart in the colours of the theme, in the place of the one that was there. */
export function drawPlot(input: PlotInput): void {
  const { target, height, series, data, scales, x, y, sync, background } = input;
  plots.get(target)?.destroy();
  const cursor = sync === undefined ? {} : { sync: { key: sync } };
  const options: uPlot.Options = {
    width: Math.max(target.clientWidth, 120),
    height,
    series: [...series],
    scales,
    axes: [withLook({ size: 30, ...x }), withLook({ size: 56, ...y })],
    cursor: { drag: { x: true, y: false }, points: { size: 7 }, ...cursor },
    legend: { live: true },
    hooks: background === undefined ? {} : { drawAxes: [background] },
  };
  plots.set(target, new uPlot(options, data, target));
}

/** An axis with lines only where its text leaves something to read: on a log scale, most places are too near. */
export function labelled(text: (value: number | null) => string): uPlot.Axis {
  const values = (_: uPlot, splits: readonly number[]): string[] => splits.map(text);
  const filter = (_: uPlot, splits: readonly number[]): (number | null)[] =>
    splits.map((split) => (text(split) === "" ? null : split));
  return { values, filter: (_, splits) => splits, grid: { filter }, ticks: { filter } };
}

function withLook(axis: uPlot.Axis): uPlot.Axis {
  const line = pageColour("line");
  return {
    stroke: pageColour("muted"),
    font: "11.5px system-ui, sans-serif",
    ...axis,
    grid: { stroke: line, width: 1, ...axis.grid },
    ticks: { stroke: line, width: 1, size: 4, ...axis.ticks },
  };
}
