import type { KeyAnomaly, KeyTimeline } from "../../report-data.ts";
import { element } from "../element.ts";

/** What is known of the key as a whole; witnesses are buttons that choose their call. */
export function keyFacts(timeline: KeyTimeline, select: (op: number) => void): readonly HTMLElement[] {
  const { key, participants, total, operations, widest, audit, anomalies } = timeline;
  const drawn = operations.length < total ? `, of which ${operations.length} are drawn` : "";
  const facts: readonly (readonly [string, string | null])[] = [
    ["Key", key.length > 200 ? `${key.slice(0, 150)}…${key.slice(-40)}` : key],
    ["People", participants],
    ["Calls", `${total}${drawn}, ${widest} at once at most`],
    ["In the database at the end", audit],
  ];
  const list = element(
    "dl",
    { class: "facts" },
    ...facts.flatMap(([name, text]) =>
      text === null ? [] : [element("dt", {}, name), element("dd", {}, text)],
    ),
  );
  return [list, ...anomalies.slice(0, 6).map((anomaly) => anomalyPart(anomaly, select))];
}

function anomalyPart({ name, text, witnesses }: KeyAnomaly, select: (op: number) => void): HTMLElement {
  const buttons = witnesses.slice(0, 6).map((op) => {
    const button = element("button", { type: "button" }, `Witness: call ${op}`);
    button.addEventListener("click", () => select(op));
    return button;
  });
  return element(
    "div",
    { class: "anomaly" },
    element("span", { class: "tag bad" }, name),
    ` ${text}`,
    element("div", { class: "witness-buttons" }, ...buttons),
  );
}
