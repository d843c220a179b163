import type { FaultBand } from "../../report-data.ts";
import { svgElement } from "../element.ts";
import { type Geometry, rect, type Scene } from "./scene.ts";

/** What lies behind the bars: the faults, and the window in which the chat can have come to be. */
export function drawBands({ timeline, faults }: Scene, geometry: Geometry): readonly SVGElement[] {
  const { origin, window } = timeline;
  return [
    ...faults.flatMap((fault) => faultBand(fault, origin, geometry)),
    ...(window === null
      ? []
      : windowBand(window.from - origin, window.until === null ? null : window.until - origin, geometry)),
  ];
}

function faultBand({ name, from, to }: FaultBand, origin: number, geometry: Geometry): readonly SVGElement[] {
  const { left, right, height, x } = geometry;
  const begin = Math.max(x(from - origin), left);
  const end = to === null ? right : Math.min(x(to - origin), right);
  if (end < left || begin > right) return [];
  const band = rect(begin, 22, Math.max(end - begin, 1.5), height);
  band.setAttribute("class", "fault-band");
  return [band, svgElement("text", { class: "fault-text", x: (begin + 4).toFixed(1), y: height - 6 }, name)];
}

/** Where it would end before it begins, no instant is possible: that is what an anomaly looks like. */
function windowBand(from: number, until: number | null, geometry: Geometry): readonly SVGElement[] {
  const { right, height, x } = geometry;
  const isImpossible = until !== null && until < from;
  const mark = isImpossible ? " impossible" : "";
  const [a, b] = [x(from), until === null ? right + 20 : x(until)];
  const [begin, end] = [Math.min(a, b), Math.max(a, b)];
  const band = rect(begin, 22, Math.max(end - begin, 1.5), height);
  band.setAttribute("class", `window-band${mark}`);
  const edges = [begin, end].map((at) =>
    svgElement("line", {
      class: `window-edge${mark}`,
      x1: at.toFixed(2),
      x2: at.toFixed(2),
      y1: 22,
      y2: height,
    }),
  );
  return [band, ...edges, caption({ begin, end, isImpossible }, geometry)];
}

interface Captioned {
  readonly begin: number;
  readonly end: number;
  readonly isImpossible: boolean;
}

/** Beside the window where it is too narrow for its words, on the side that has room. */
function caption({ begin, end, isImpossible }: Captioned, { left, right }: Geometry): SVGElement {
  const text = isImpossible ? "no instant is possible" : "came to be in here";
  const wanted = text.length * 6.2;
  const [shownBegin, shownEnd] = [Math.max(begin, left), Math.min(end, right)];
  const fits = shownEnd - shownBegin > wanted;
  const isRight = fits || shownEnd + wanted < right;
  const x = fits ? (shownBegin + shownEnd) / 2 : isRight ? shownEnd + 5 : shownBegin - 5;
  const anchor = fits ? "middle" : isRight ? "start" : "end";
  return svgElement(
    "text",
    {
      class: `window-text${isImpossible ? " impossible" : ""}`,
      x: x.toFixed(1),
      y: 36,
      "text-anchor": anchor,
    },
    text,
  );
}
