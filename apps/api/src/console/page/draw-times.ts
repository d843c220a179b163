import { svgElement } from "./svg-element.ts";

const width = 400;
const height = 80;

/** The latest times as a line, the newest on the right, on a scale that fits the longest. */
export function drawTimes(chart: SVGSVGElement, times: readonly number[], most: number): void {
  const longest = Math.max(1, ...times);
  const points = times.map((time, index) => {
    const x = width - ((times.length - 1 - index) * width) / (most - 1);
    return `${x.toFixed(1)},${(height - (time / longest) * (height - 6) - 3).toFixed(1)}`;
  });
  chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
  chart.replaceChildren(svgElement("polyline", { class: "times", points: points.join(" ") }));
}
