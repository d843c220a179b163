import { svgElement } from "../element.ts";
import type { Bar, Lane } from "./bars.ts";
import { barLook } from "./bar-look.ts";
import { drawBands } from "./draw-bands.ts";
import { idLetters } from "./id-letters.ts";
import { patterns } from "./patterns.ts";
import { boxOf, type Geometry, rect, type Scene } from "./scene.ts";
import { timeTicks } from "./time-ticks.ts";

export function drawTimeline(svg: SVGSVGElement, scene: Scene, geometry: Geometry): void {
  const { width, height } = geometry;
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const clip = svgElement(
    "clipPath",
    { id: "time-area" },
    rect(geometry.left, 0, geometry.right - geometry.left, height),
  );
  svg.replaceChildren(
    patterns(),
    clip,
    svgElement(
      "g",
      { "clip-path": "url(#time-area)" },
      ...tickLines(geometry),
      ...drawBands(scene, geometry),
      ...barShapes(scene, geometry),
    ),
    ...tickTexts(geometry),
    ...scene.layout.lanes.flatMap((lane, i) => laneLabel(lane, i, geometry)),
  );
}

function tickLines({ left, right, height, x, instant }: Geometry): readonly SVGElement[] {
  return timeTicks(instant(left), instant(right), (right - left) / 110).map(({ at }) =>
    svgElement("line", { class: "tick", x1: x(at).toFixed(2), x2: x(at).toFixed(2), y1: 22, y2: height }),
  );
}

/** Not cut off at the edge, as the lines are. */
function tickTexts({ left, right, x, instant }: Geometry): readonly SVGElement[] {
  return timeTicks(instant(left), instant(right), (right - left) / 110).map(({ at, text }) =>
    svgElement("text", { x: x(at).toFixed(2), y: 15, "text-anchor": "middle" }, text),
  );
}

function laneLabel({ process, row, rows }: Lane, index: number, geometry: Geometry): readonly SVGElement[] {
  const { left, width, rowHeight, laneGap, y } = geometry;
  const above = y(row, index) - laneGap / 2;
  const middle = y(row, index) + (rows * rowHeight) / 2;
  const limit = left < 80 ? 8 : 13;
  const text = process.length > limit ? `${process.slice(0, limit - 1)}…` : process;
  return [
    svgElement("line", { class: "lane-line", x1: 0, x2: width, y1: above, y2: above }),
    svgElement(
      "text",
      { class: "lane-label", x: 10, y: (middle + 4).toFixed(1) },
      text,
      svgElement("title", {}, process),
    ),
  ];
}

/** Witnesses last: no neighbour may hide them. */
function barShapes({ layout }: Scene, geometry: Geometry): readonly SVGElement[] {
  const { left, right, x } = geometry;
  const shown = layout.lanes.flatMap((lane, index) =>
    layout.bars
      .filter(({ row }) => row >= lane.row && row < lane.row + lane.rows)
      .filter(({ start, end }) => x(end) >= left - 4 && x(start) <= right + 4)
      .map((bar) => ({ bar, lane: index })),
  );
  return shown
    .toSorted((a, b) => Number(a.bar.isWitness) - Number(b.bar.isWitness))
    .flatMap(({ bar, lane }) => barShape(bar, lane, geometry));
}

function barShape(bar: Bar, lane: number, geometry: Geometry): readonly SVGElement[] {
  const box = boxOf(bar, lane, geometry);
  const shape = rect(box.x, box.y, box.width, box.height);
  shape.setAttribute("class", `op ${barLook(bar)} ${box.height < 6 ? "thin" : ""}`);
  shape.setAttribute("rx", String(Math.min(box.height / 2, 2.5)));
  shape.dataset["index"] = String(bar.index);
  return [shape, ...letterOf(bar, box), ...ringOf(bar, box)];
}

/** Which id was answered, where there is room to say it. */
function letterOf({ kind, id, created, outcome }: Bar, box: DOMRect): readonly SVGElement[] {
  if (id === -1 || outcome !== "ok" || box.width < 14 || box.height < 9) return [];
  const text = svgElement("text", {
    class: created === true || kind === "merge" ? "op-letter inverse" : "op-letter",
    x: (box.x + 4).toFixed(1),
    y: (box.y + box.height / 2 + 3.5).toFixed(1),
  });
  text.textContent = idLetters(id);
  return [text];
}

function ringOf({ isWitness }: Bar, box: DOMRect): readonly SVGElement[] {
  if (!isWitness) return [];
  const ring = rect(box.x - 2, box.y - 2, box.width + 4, box.height + 4);
  ring.setAttribute("class", "witness-ring");
  ring.setAttribute("rx", "4");
  return [ring];
}
