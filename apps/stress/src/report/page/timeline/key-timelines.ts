import type { KeyTimeline, ReportData } from "../../report-data.ts";
import { element } from "../element.ts";
import { keyFacts } from "./key-facts.ts";
import { timelineLegend } from "./timeline-legend.ts";
import { timelinePanel, type TimelinePanel } from "./timeline-panel.ts";
import { actionButton } from "./tool-buttons.ts";

/** The chooser of keys with the timeline of the chosen one; links elsewhere on the page choose too. */
export function keyTimelines({ keys, faults }: ReportData): void {
  const place = document.querySelector<HTMLElement>("[data-timeline]");
  if (place === null || keys.length === 0) return;
  const select = keySelect(keys);
  const content = element("div", { class: "panel timeline" });
  let panel: TimelinePanel | null = null;
  const show = (index: number): void => {
    const timeline = keys[index];
    if (timeline === undefined) return;
    select.value = String(index);
    const shown = timelinePanel(timeline, faults);
    panel = shown;
    content.replaceChildren(
      ...keyFacts(timeline, (op) => shown.select(op)),
      ...shown.parts,
      timelineLegend(timeline, faults),
      keyHelp(),
    );
    shown.draw();
  };
  const step = (by: number): void => show((Number(select.value) + by + keys.length) % keys.length);
  select.addEventListener("change", () => show(Number(select.value)));
  place.replaceChildren(
    element(
      "div",
      { class: "tools" },
      element("label", { class: "field" }, "Key", select),
      actionButton("←", "Previous key", () => step(-1)),
      actionButton("→", "Next key", () => step(1)),
    ),
    content,
  );
  addEventListener("resize", () => panel?.draw());
  for (const link of document.querySelectorAll<HTMLElement>("a[data-show-timeline]"))
    link.addEventListener("click", () => show(Number(link.dataset["showTimeline"])));
  show(0);
}

const reasons: readonly (readonly [KeyTimeline["why"], string])[] = [
  ["anomaly", "With anomalies"],
  ["control", "With anomalies, of the naive control"],
  ["contended", "Most contended"],
];

function keySelect(keys: readonly KeyTimeline[]): HTMLSelectElement {
  const groups = reasons.flatMap(([why, label]) => {
    const options = keys.flatMap((timeline, index) =>
      timeline.why === why ? [element("option", { value: index }, keyText(timeline))] : [],
    );
    return options.length === 0 ? [] : [element("optgroup", { label }, ...options)];
  });
  return element("select", { id: "timeline-key" }, ...groups);
}

function keyText({ key, variant, path, workload, widest, anomalies }: KeyTimeline): string {
  const names = [...new Set(anomalies.map(({ name }) => name))].join(", ");
  const text = key.length > 40 ? `${key.slice(0, 28)}…${key.slice(-10)}` : key;
  return `${names === "" ? `${widest} at once` : names} · ${variant} ${path} ${workload} · ${text}`;
}

function keyHelp(): HTMLElement {
  const help = element("p", { class: "keys", id: "timeline-keys" }, "Click a call, or focus the timeline: ");
  const parts: readonly (readonly [keys: readonly string[], text: string])[] = [
    [["←", "→"], "calls in order"],
    [["↑", "↓"], "other rows"],
    [["w"], "next witness"],
    [["+", "−"], "zoom"],
    [["PgUp", "PgDn"], "move"],
    [["r"], "the race"],
    [["a"], "all"],
  ];
  for (const [keys, text] of parts) help.append(...keys.map((key) => element("kbd", {}, key)), ` ${text}   `);
  return help;
}
