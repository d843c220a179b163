import type { KeyTimeline } from "../../report-data.ts";
import { element } from "../element.ts";
import type { Bar } from "./bars.ts";
import { idLetters } from "./id-letters.ts";
import { exactText } from "./time-ticks.ts";

/** Everything that is known of a call, in words. */
export function operationDetail(timeline: KeyTimeline, bar: Bar): readonly HTMLElement[] {
  const { processes, errors, origin } = timeline;
  const took = bar.end - bar.start;
  const facts: readonly (readonly [string, string | null])[] = [
    ["Process", processes[bar.process] ?? ""],
    [
      "When",
      `${((bar.start + origin) / 1e9).toFixed(6)} s into the run, ${exactText(bar.start)} after the key's first call`,
    ],
    ["Took", exactText(took)],
    ["Asked for", bar.asked === -1 ? null : idText(timeline, bar.asked)],
    ["Answer", answerOf(timeline, bar)],
    ["Error", errors[bar.error] ?? null],
    ["Role", roleOf(timeline, bar)],
  ];
  return [
    element("h3", {}, `Call ${bar.op}: ${bar.kind}`),
    element(
      "dl",
      { class: "facts" },
      ...facts.flatMap(([name, text]) =>
        text === null ? [] : [element("dt", {}, name), element("dd", {}, text)],
      ),
    ),
  ];
}

/** In one line, for a button or a tool tip. */
export function operationLine(timeline: KeyTimeline, bar: Bar): string {
  return `${bar.op} ${timeline.processes[bar.process] ?? ""}: ${bar.kind}, ${answerOf(timeline, bar)}`;
}

function answerOf(timeline: KeyTimeline, { kind, outcome, id, created }: Bar): string {
  if (outcome === "fail") return "refused: it did nothing";
  if (outcome === "unknown") return "none: whether it took effect is unknown";
  if (id === -1) return kind === "find" ? "there is no such chat" : "ok";
  const manner = created === null ? "" : created ? ", created by this call" : ", already there";
  return `${idText(timeline, id)}${manner}`;
}

function idText({ ids }: KeyTimeline, id: number): string {
  return `${idLetters(id)} = ${ids[id] ?? "?"}`;
}

function roleOf({ window, anomalies }: KeyTimeline, { op }: Bar): string | null {
  const roles = [
    ...anomalies.filter(({ witnesses }) => witnesses.includes(op)).map(({ name }) => `witness of ${name}`),
    ...(window?.fromOp === op ? ["opens the window"] : []),
    ...(window !== null && window.until !== null && window.untilOp === op ? ["closes the window"] : []),
  ];
  return roles.length === 0 ? null : [...new Set(roles)].join(", ");
}
