import type { Run } from "./run-race.ts";
import { svgElement } from "./svg-element.ts";

const width = 800;
/** The one that created is told by its size, too. */
const tall = 16;

/** A bar for every call, from when it was asked for to its answer, in the order of the answers. */
export function drawRace(chart: SVGSVGElement, runs: readonly Run[]): void {
  const longest = longestOf(runs);
  const step = Math.max(2, Math.min(12, 480 / runs.length));
  let y = 0;
  const bars = runs
    .toSorted((a, b) => a.endMs - b.endMs)
    .map((run) => {
      const space = run.outcome === "existing" ? step : tall;
      y += space;
      return bar(run, { x: width / longest, y: y - space, height: space - Math.min(1, space / 3) });
    });
  chart.setAttribute("viewBox", `0 0 ${width} ${Math.ceil(y)}`);
  chart.replaceChildren(...bars);
}

/** Milliseconds from the first call to the last answer. */
export function longestOf(runs: readonly Run[]): number {
  return Math.max(1, ...runs.map(({ endMs }) => endMs));
}

interface BarPlace {
  /** Units per millisecond. */
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

function bar(run: Run, { x, y, height }: BarPlace): SVGElement {
  const rect = svgElement("rect", {
    class: `run ${run.outcome}`,
    x: run.startMs * x,
    y,
    width: Math.max(2, (run.endMs - run.startMs) * x),
    height,
  });
  const title = svgElement("title", {});
  title.textContent = `${run.outcome}, ${Math.round(run.endMs - run.startMs)} ms: ${run.detail}`;
  rect.append(title);
  return rect;
}
