import type { FaultBand, KeyTimeline } from "../../report-data.ts";
import { element, svgElement } from "../element.ts";

/** Of what the key has, and of nothing else. */
export function timelineLegend(timeline: KeyTimeline, faults: readonly FaultBand[]): HTMLElement {
  const { operations, anomalies, window } = timeline;
  const has = (outcome: string): boolean => operations.some((operation) => operation[5] === outcome);
  const hasKind = (kind: string): boolean => operations.some((operation) => operation[1] === kind);
  const readNothing = operations.some(([, , , , , outcome, id]) => outcome === "ok" && id === -1);
  const entries: readonly (readonly [isShown: boolean, look: string, text: string])[] = [
    [has("ok"), "op", "answered with a chat (its letter)"],
    [operations.some((operation) => operation[7] === true), "op created", "created it"],
    [readNothing, "op nothing", "saw nothing"],
    [hasKind("merge"), "op merge", "merged"],
    [has("unknown"), "op unknown", "outcome unknown"],
    [has("fail"), "op fail", "refused"],
    [anomalies.length > 0, "witness-ring", "witness"],
    [window !== null, "window-band", "when it can have come to be"],
    [faults.length > 0, "fault-band", "fault"],
  ];
  return element(
    "ul",
    { class: "legend" },
    ...entries.flatMap(([isShown, look, text]) => (isShown ? [element("li", {}, swatch(look), text)] : [])),
  );
}

function swatch(look: string): SVGSVGElement {
  return svgElement(
    "svg",
    { "aria-hidden": "true" },
    svgElement("rect", { class: look, x: 1, y: 1, width: 20, height: 9, rx: 2 }),
  );
}
