import { group, max, min, range, sort } from "d3-array";
import { widestOverlap } from "../checker/contention.ts";
import { caseOf } from "../checker/case.ts";
import { creationWindow } from "../checker/decide-new.ts";
import { evidenceOf, type KeyEvidence } from "../checker/evidence.ts";
import type { Window } from "../checker/window.ts";
import type { History } from "../history/history.ts";
import type { Register } from "../history/history-line.ts";
import type { Operation } from "../history/operation.ts";
import { alike } from "../measure/alike.ts";
import type { Anomaly, StressResult } from "../measure/result.ts";

/** A key that is worth drawing, clipped to where it was decided. */
export interface KeyTimeline {
  readonly register: Register;
  readonly why: "anomaly" | "contended" | "control";
  readonly widest: number;
  readonly anomalies: readonly Anomaly[];
  readonly window: Window | null;
  /** What the database held in the end, in words. */
  readonly audit: string | null;
  readonly from: number;
  readonly until: number;
  readonly operations: readonly Operation[];
  /** Calls before and after what is drawn. */
  readonly leftOut: number;
}

const most = { anomaly: 12, contended: 10, control: 4 } as const;
const mostDrawn = 400;

/** What matters most comes first: the subject's anomalies, or where there is none, its contention; then the controls. */
export function keyTimelines(
  history: History,
  { anomalies, controlAnomalies }: Pick<StressResult, "anomalies" | "controlAnomalies">,
): readonly KeyTimeline[] {
  const evidence = evidenceOf(history);
  const { keys, keyNamed } = evidence;
  const byKey = group([...anomalies, ...controlAnomalies], ({ key }) => key);
  const accused = (list: readonly Anomaly[]): readonly KeyEvidence[] =>
    everyNameFirst(list).flatMap(({ key }) => keyNamed(key) ?? []);
  const chosen = new Map<KeyEvidence, KeyTimeline["why"]>();
  const choose = (candidates: readonly KeyEvidence[], why: KeyTimeline["why"]): void => {
    const fresh = [...new Set(candidates)].filter((key) => !chosen.has(key));
    for (const key of fresh.slice(0, most[why])) chosen.set(key, why);
  };
  choose(accused(anomalies), "anomaly");
  choose(mostContended(keys), "contended");
  choose(accused(controlAnomalies), "control");
  return [...chosen].map(([key, why]) => {
    const window = creationWindow(caseOf(evidence, key, new Map()));
    return timelineOf(key, { why, window, anomalies: byKey.get(key.register.key) ?? [] });
  });
}

/** One of each kind of anomaly, then a second of each: a common one must not crowd out a rare one. */
function everyNameFirst(anomalies: readonly Anomaly[]): readonly Anomaly[] {
  const kinds = [...group(anomalies, ({ name }) => name).values()];
  return range(max(kinds, ({ length }) => length) ?? 0).flatMap((rank) =>
    kinds.flatMap((kind) => kind[rank] ?? []),
  );
}

function mostContended(keys: readonly KeyEvidence[]): readonly KeyEvidence[] {
  const ours = keys.filter(
    ({ register, operations }) => register.variant === "ours" && operations.length > 0,
  );
  const widest = sort(ours, ({ operations }) => -widestOverlap(operations));
  const places = alike(widest, ({ register: { path, workload } }) => `${path} ${workload}`);
  return places.map(({ first }) => first);
}

function timelineOf(
  { register, operations, audit }: KeyEvidence,
  { why, window, anomalies }: Pick<KeyTimeline, "why" | "window" | "anomalies">,
): KeyTimeline {
  const numbers = new Set(anomalies.flatMap((anomaly) => anomaly.witnesses));
  const isWitness = ({ op }: Operation): boolean => numbers.has(op);
  const calls = operations.filter(({ kind }) => kind !== "merge").toSorted((a, b) => a.start - b.start);
  const { from, until } = clipOf(calls, operations.filter(isWitness), window);
  const drawn = operations
    .filter((call) => isWitness(call) || (call.end >= from && call.start <= until))
    .toSorted((a, b) => Number(isWitness(b)) - Number(isWitness(a)) || a.start - b.start)
    .slice(0, mostDrawn)
    .toSorted((a, b) => a.start - b.start);
  return {
    register,
    why,
    widest: widestOverlap(calls),
    anomalies,
    window,
    audit: audit === null ? null : auditText(audit.live.length, audit.redirects.length),
    from,
    until,
    operations: drawn,
    leftOut: operations.length - drawn.length,
  };
}

/** From the first call, or the first witness, until the race was over, and a little around it. */
function clipOf(
  calls: readonly Operation[],
  witnesses: readonly Operation[],
  window: Window | null,
): { readonly from: number; readonly until: number } {
  const [first] = calls;
  const early = window === null ? calls : calls.filter(({ start }) => start <= window.until);
  const shown = witnesses.length > 0 ? witnesses.filter(({ kind }) => kind !== "merge") : early;
  const begin = min(shown, ({ start }) => start) ?? first?.start ?? 0;
  const end = max(shown, (call) => call.end) ?? first?.end ?? 0;
  const margin = Math.max((end - begin) * 0.04, 1_000);
  return { from: begin - margin, until: end + margin };
}

function auditText(live: number, retired: number): string {
  const leading = retired === 0 ? "" : `, ${retired} retired ${retired === 1 ? "id leads" : "ids lead"} on`;
  return `${live} live ${live === 1 ? "chat" : "chats"}${leading}`;
}
