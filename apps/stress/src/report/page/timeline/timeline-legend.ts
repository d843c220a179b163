import type { FaultBand, KeyTimeline } from "../../report-data.ts";
import { element, svgElement } from "../element.ts";
import { barLook, type BarLook } from "./bar-look.ts";

const callTexts: Readonly<Record<BarLook, string>> = {
  "id-0": "answered with A",
  "id-1": "answered with B",
  "id-2": "answered with another",
  created: "created it",
  nothing: "saw nothing",
  merge: "merged",
  unknown: "outcome unknown",
  fail: "refused",
};

/** Of what the key has, and of nothing else. */
export function timelineLegend(timeline: KeyTimeline, faults: readonly FaultBand[]): HTMLElement {
  const { operations, anomalies, window } = timeline;
  const looks = new Set<string>(
    operations.map(([, kind, , , , outcome, id, created]) => barLook({ kind, outcome, id, created })),
  );
  const calls = Object.entries(callTexts).filter(([look]) => looks.has(look));
  const marks: readonly (readonly [isShown: boolean, look: string, text: string])[] = [
    [anomalies.length > 0, "witness-ring", "witness"],
    [window !== null, "window-band", "when it can have come to be"],
    [faults.length > 0, "fault-band", "fault"],
  ];
  return element(
    "ul",
    { class: "legend" },
    ...calls.map(([look, text]) => entry(`op ${look}`, text)),
    ...marks.flatMap(([isShown, look, text]) => (isShown ? [entry(look, text)] : [])),
  );
}

function entry(look: string, text: string): HTMLElement {
  const box = svgElement("rect", { class: look, x: 1, y: 1, width: 20, height: 9, rx: 2 });
  return element("li", {}, svgElement("svg", { "aria-hidden": "true" }, box), text);
}
