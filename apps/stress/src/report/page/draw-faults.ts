import type uPlot from "uplot";
import type { FaultBand } from "../report-data.ts";
import { pageColour } from "./page-colour.ts";

/** Shades the time of each fault, and names it where there is room. The axes before it leave their text settings. */
export function drawFaults(plot: uPlot, faults: readonly FaultBand[]): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  const [shade, text] = [pageColour("fault"), pageColour("bad")];
  let free = bbox.left;
  for (const { name, from, to } of faults) {
    const left = Math.max(plot.valToPos(from / 1e9, "x", true), bbox.left);
    const end = to === null ? bbox.left + bbox.width : plot.valToPos(to / 1e9, "x", true);
    const right = Math.min(Math.max(end, left + 2 * ratio), bbox.left + bbox.width);
    if (right <= bbox.left || left >= bbox.left + bbox.width) continue;
    ctx.fillStyle = shade;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    const width = ctx.measureText(name).width;
    if (left < free || left + width > bbox.left + bbox.width) continue;
    ctx.fillStyle = text;
    ctx.fillText(name, left + 3 * ratio, bbox.top + 12 * ratio);
    free = left + width + 10 * ratio;
  }
  ctx.restore();
}
