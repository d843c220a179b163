import { element, svgElement } from "../element.ts";
import type { Bar } from "./bars.ts";
import { drawTimeline } from "./draw-timeline.ts";
import { boxOf, type Geometry, geometryOf, type Scene } from "./scene.ts";
import type { TimeView } from "./time-view.ts";

/** The drawing itself, in a frame that scrolls when there are many rows. */
export interface TimelineCanvas {
  readonly frame: HTMLElement;
  readonly svg: SVGSVGElement;
  readonly geometry: (view: TimeView) => Geometry;
  readonly draw: (view: TimeView, selected: Bar | null) => void;
  /** What a screen reader says of it. */
  readonly describe: (text: string) => void;
  readonly scrollTo: (view: TimeView, bar: Bar) => void;
}

export function timelineCanvas(scene: Scene): TimelineCanvas {
  const svg = svgElement("svg", {
    tabindex: 0,
    role: "application",
    "aria-roledescription": "timeline",
    "aria-describedby": "timeline-keys",
  });
  const frame = element("div", { class: "canvas" }, svg);
  const geometry = (view: TimeView): Geometry => geometryOf(scene, view, Math.max(frame.clientWidth, 240));
  const laneOf = (bar: Bar): number => scene.layout.lanes.findLastIndex(({ row }) => row <= bar.row);
  return {
    frame,
    svg,
    geometry,
    draw(view, selected) {
      const places = geometry(view);
      drawTimeline(svg, scene, places);
      if (selected !== null) svg.append(selectionRing(boxOf(selected, laneOf(selected), places), places));
    },
    describe: (text) => svg.setAttribute("aria-label", text),
    scrollTo(view, bar) {
      const box = boxOf(bar, laneOf(bar), geometry(view));
      if (box.top < frame.scrollTop + 50) frame.scrollTop = box.top - 60;
      else if (box.bottom > frame.scrollTop + frame.clientHeight)
        frame.scrollTop = box.bottom - frame.clientHeight + 40;
    },
  };
}

function selectionRing(box: DOMRect, { left, right }: Geometry): SVGElement {
  const isInView = box.right > left && box.left < right;
  return svgElement("rect", {
    class: "selected-ring",
    visibility: isInView ? "visible" : "hidden",
    rx: 5,
    x: box.x - 3.5,
    y: box.y - 3.5,
    width: box.width + 7,
    height: box.height + 7,
  });
}
