import { max, sum } from "d3-array";
import { exits } from "../exit-codes.ts";
import type { History } from "../history/history.ts";
import type { StressResult } from "../measure/result.ts";
import { type AnomalyGroup, groupAnomalies } from "./anomaly-groups.ts";
import { type KeyTimeline, keyTimelines } from "./key-timelines.ts";
import { sectionsOf } from "./sections.ts";
import { countText, spanText } from "./text/figure-text.ts";

export type Tone = "good" | "bad" | "unsure";

/** What stands in a cell: a text, and what a page can do more with it. */
export interface Cell {
  readonly text: string;
  readonly under?: readonly string[];
  readonly tone?: Tone;
  readonly variant?: string;
  readonly bar?: number;
  readonly interval?: {
    readonly estimate: number;
    readonly low: number | null;
    readonly high: number | null;
  };
  /** A key that may have a timeline. */
  readonly key?: string;
}

export interface Column {
  readonly head: string;
  readonly isNumber: boolean;
}

export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Of less weight: behind a click, and not in short reports. */
  readonly isDetail: boolean;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly tables: readonly Table[];
  readonly chart?: "latency" | "time";
}

/** Everything that is said of a run, in words; console, Markdown, JUnit and HTML only differ in how they set it. */
export interface ReportView {
  readonly result: StressResult;
  readonly title: string;
  readonly tone: Tone;
  readonly meaning: string;
  readonly about: string;
  readonly stats: readonly { readonly name: string; readonly value: string; readonly tone?: Tone }[];
  readonly anomalies: readonly AnomalyGroup[];
  /** Those that have something to say. */
  readonly sections: readonly Section[];
  readonly timelines: readonly KeyTimeline[];
}

const looks: Readonly<Record<StressResult["verdict"], Pick<ReportView, "title" | "tone">>> = {
  pass: { title: "Pass", tone: "good" },
  anomaly: { title: "Anomaly", tone: "bad" },
  threshold: { title: "Threshold missed", tone: "bad" },
  bug: { title: "Harness failed", tone: "bad" },
  unknown: { title: "Nothing proven", tone: "unsure" },
  interrupted: { title: "Interrupted", tone: "unsure" },
};

export function viewOf(result: StressResult, history: History | null): ReportView {
  const { verdict, profile, seed, startedAt, subject, run } = result;
  const anomalies = groupAnomalies(result.anomalies, history);
  const controls = groupAnomalies(result.controlAnomalies, history);
  return {
    result,
    ...looks[verdict],
    meaning: meaningOf(result),
    about: `${subject}, profile ${profile}, seed ${seed}, started ${startedAt}, run ${run}`,
    stats: statsOf(result),
    anomalies,
    sections: sectionsOf(result, { anomalies, controls, history }),
    timelines: history === null ? [] : keyTimelines(history, result),
  };
}

function meaningOf({ verdict, thresholds }: StressResult): string {
  const { meaning } = exits[verdict];
  return verdict === "pass" && thresholds.length > 0 ? `${meaning}, and every threshold met` : meaning;
}

/** Of the subject alone: what the controls did is told beside them. */
function statsOf({ contention, anomalies, durationMs, verdict }: StressResult): ReportView["stats"] {
  const ours = contention.filter(({ variant }) => variant === "ours");
  const total = (count: "operations" | "keys" | "contendedKeys" | "racesLost"): string =>
    countText(sum(ours, (group) => group[count]));
  const widest = max(ours, ({ widestOverlap }) => widestOverlap) ?? 0;
  const tone = anomalies.length > 0 ? "bad" : "good";
  const duration = { name: "Duration", value: spanText(durationMs) };
  const found = { name: "Anomalies", value: countText(anomalies.length) };
  if (ours.length === 0) return [duration];
  return [
    verdict === "pass" || tone === "bad" ? { ...found, tone } : found,
    { name: "Calls checked", value: total("operations") },
    { name: "Contended keys", value: `${total("contendedKeys")} of ${total("keys")}` },
    { name: "Widest overlap", value: `${countText(widest)} calls` },
    { name: "Races lost", value: total("racesLost") },
    duration,
  ];
}
