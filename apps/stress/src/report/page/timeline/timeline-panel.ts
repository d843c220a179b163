import type { FaultBand, KeyTimeline } from "../../report-data.ts";
import { element } from "../element.ts";
import { type Bar, layOut } from "./bars.ts";
import { dragging } from "./dragging.ts";
import { keyboardOf } from "./keyboard.ts";
import { operationDetail, operationLine } from "./operation-detail.ts";
import { focusView, moved, revealing, type TimeView, wholeView, zoomed } from "./time-view.ts";
import { timelineCanvas } from "./timeline-canvas.ts";
import type { TimelineCommands } from "./timeline-commands.ts";
import { toolButtons } from "./tool-buttons.ts";

/** The drawing of one key, that can be walked through. */
export interface TimelinePanel {
  readonly parts: readonly HTMLElement[];
  readonly draw: () => void;
  readonly select: (op: number) => void;
}

export function timelinePanel(timeline: KeyTimeline, faults: readonly FaultBand[]): TimelinePanel {
  const layout = layOut(timeline);
  const { bars } = layout;
  const canvas = timelineCanvas({ timeline, faults, layout });
  let view = focusView(timeline, bars);
  let selected = firstSelected(timeline, bars);
  const detail = element(
    "div",
    { class: "detail", "aria-live": "polite" },
    ...(selected === null ? [] : operationDetail(timeline, selected)),
  );
  const draw = (): void => canvas.draw(view, selected);
  const show = (next: TimeView): void => {
    view = next;
    draw();
  };
  const select = (bar: Bar | undefined): void => {
    if (bar === undefined) return;
    selected = bar;
    detail.replaceChildren(...operationDetail(timeline, bar));
    canvas.describe(operationLine(timeline, bar));
    show(revealing(view, bar));
    canvas.scrollTo(view, bar);
  };
  const commands: TimelineCommands = {
    bars,
    selected: () => selected,
    select,
    whole: () => show(wholeView(bars)),
    focus: () => show(focusView(timeline, bars)),
    zoom: (factor, around) => show(zoomed(view, factor, around ?? middle(view, selected))),
    move: (share) => show(moved(view, (view.to - view.from) * share)),
  };
  canvas.describe(`${bars.length} calls for one key, in ${layout.lanes.length} processes`);
  canvas.svg.addEventListener("keydown", keyboardOf(commands));
  dragging(canvas.svg, { commands, geometry: () => canvas.geometry(view) });
  return {
    parts: [toolButtons(commands), canvas.frame, detail],
    draw,
    select: (op) => select(bars.find((bar) => bar.op === op)),
  };
}

/** A witness, or the call that opens the window. */
function firstSelected({ window }: KeyTimeline, bars: readonly Bar[]): Bar | null {
  return (
    bars.find(({ isWitness }) => isWitness) ?? bars.find(({ op }) => op === window?.fromOp) ?? bars[0] ?? null
  );
}

function middle({ from, to }: TimeView, selected: Bar | null): number {
  const isInView = selected !== null && selected.end >= from && selected.start <= to;
  return isInView ? (Math.max(selected.start, from) + Math.min(selected.end, to)) / 2 : (from + to) / 2;
}
