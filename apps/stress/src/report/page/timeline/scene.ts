import type { FaultBand, KeyTimeline } from "../../report-data.ts";
import { svgElement } from "../element.ts";
import type { Bar, Layout } from "./bars.ts";
import type { TimeView } from "./time-view.ts";

export interface Scene {
  readonly timeline: KeyTimeline;
  readonly layout: Layout;
  readonly faults: readonly FaultBand[];
}

/** Where things are on the drawing, in pixels. */
export interface Geometry {
  readonly width: number;
  readonly height: number;
  /** Left of it are the names of the lanes. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly rowHeight: number;
  readonly laneGap: number;
  readonly x: (instant: number) => number;
  readonly instant: (x: number) => number;
  readonly y: (row: number, lane: number) => number;
}

export function geometryOf({ layout }: Scene, view: TimeView, width: number): Geometry {
  const left = width < 560 ? 62 : 96;
  const right = width - 14;
  const [top, laneGap] = [44, 8];
  const rowHeight = Math.min(Math.max(Math.floor(460 / Math.max(layout.rows, 1)), 4), 18);
  const height = top + layout.rows * rowHeight + layout.lanes.length * laneGap + 10;
  const scale = (right - left) / (view.to - view.from);
  return {
    width,
    height,
    left,
    right,
    top,
    rowHeight,
    laneGap,
    x: (instant) => left + (instant - view.from) * scale,
    instant: (x) => view.from + (x - left) / scale,
    y: (row, lane) => top + row * rowHeight + lane * laneGap + laneGap / 2,
  };
}

export function boxOf(bar: Bar, lane: number, { x, y, rowHeight, left, right }: Geometry): DOMRect {
  // Far outside the view, a coordinate would be too large for the renderer.
  const from = Math.max(x(bar.start), left - 20);
  const to = Math.min(x(bar.end), right + 20);
  const gap = rowHeight > 8 ? 2 : 1;
  return new DOMRect(from, y(bar.row, lane) + gap / 2, Math.max(to - from, 2.5), rowHeight - gap);
}

export function rect(x: number, y: number, width: number, height: number): SVGRectElement {
  return svgElement("rect", {
    x: x.toFixed(2),
    y: y.toFixed(2),
    width: width.toFixed(2),
    height: height.toFixed(2),
  });
}
