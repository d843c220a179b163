import type { MachineReading } from "../history/history-line.ts";
import type { Operation } from "../history/operation.ts";
import type { Anomaly } from "../measure/result.ts";
import { type Evidence, isAnswer } from "./evidence.ts";
import { type Calm, calmTimes, wayOf } from "./faults.ts";
import { calmReadings, figuresText, isSlow, readingsDuring } from "./slow-machine.ts";

/** How long after a fault a call may still fail, in nanoseconds: connections have to be made anew. */
const settling = 1e9;

export interface FoundStuck {
  readonly anomalies: readonly Anomaly[];
  /** Where it may as well have been the machine, a sentence each. */
  readonly doubts: readonly string[];
}

/**
 * Paths, processes and registers that were never answered again after a fault had ended, although calls were made. Of
 * a stuck path neither its processes nor its registers are named as well.
 */
export function stuck(evidence: Evidence): FoundStuck {
  const calms = calmTimes(evidence.history.faults);
  if (calms.length === 0) return { anomalies: [], doubts: [] };
  const way = (operation: Operation): string | null => wayOf(evidence, operation);
  const paths = unanswered(evidence, calms, { groupOf: way, sentAfter: 0, atLeast: 1 });
  const elsewhere = (operation: Operation, group: string): string | null =>
    paths.has(way(operation) ?? "") || way(operation) === null ? null : group;
  const processes = unanswered(evidence, calms, {
    groupOf: (operation) => elsewhere(operation, `${way(operation)} ${operation.process}`),
    sentAfter: settling,
    atLeast: 2,
  });
  const keys = unanswered(evidence, calms, {
    groupOf: (operation) => elsewhere(operation, operation.key),
    sentAfter: settling,
    atLeast: 1,
  });
  const readings = calmReadings(evidence.history.machine, calms);
  const judged = [
    ...[...paths.values()].map((calls) => weigh(evidence, readings, calls, "on this path")),
    ...[...processes.values()].map((calls) =>
      weigh(evidence, readings, calls, `in the process ${calls[0]?.process}`),
    ),
    ...[...keys.values()].map((calls) => weigh(evidence, readings, calls, "about this chat")),
  ];
  return {
    anomalies: judged.flatMap(({ anomalies }) => anomalies),
    doubts: judged.flatMap(({ doubts }) => doubts),
  };
}

interface Grouping {
  /** `null` for what is in no group. */
  readonly groupOf: (operation: Operation) => string | null;
  /** Only calls count that were sent so long after the fault. */
  readonly sentAfter: number;
  /** So many unanswered calls are needed. */
  readonly atLeast: number;
}

/** By group, the unanswered calls after the last answer, if they prove something. */
function unanswered(
  { history: { operations } }: Evidence,
  calms: readonly Calm[],
  { groupOf, sentAfter, atLeast }: Grouping,
): ReadonlyMap<string, readonly Operation[]> {
  const silent = operations.flatMap((operation) => {
    const { kind, start, end } = operation;
    if (isAnswer(operation) || kind === "merge") return [];
    const calm = calms.find(
      ({ from, until }) => start >= from + sentAfter && end >= from + settling && end < until,
    );
    const group = calm === undefined ? null : groupOf(operation);
    return calm === undefined || group === null ? [] : [{ operation, calm, group }];
  });
  if (silent.length === 0) return new Map();
  const answeredAt = new Map<string | null, number>();
  for (const operation of operations) {
    if (!isAnswer(operation)) continue;
    const group = groupOf(operation);
    answeredAt.set(group, Math.max(answeredAt.get(group) ?? operation.end, operation.end));
  }
  const groups = new Map<string, Operation[]>();
  for (const { operation, calm, group } of silent) {
    if (calm.from <= (answeredAt.get(group) ?? Number.NEGATIVE_INFINITY)) continue;
    groups.set(group, [...(groups.get(group) ?? []), operation]);
  }
  return new Map([...groups].filter(([, calls]) => calls.length >= atLeast));
}

/**
 * What the silence of these calls says: something is wrong with who was called, or nothing, because the machine was too
 * slow. A call says something only where the machine was fast enough to answer it; of most calls this has to be known.
 */
function weigh(
  { keyNamed }: Evidence,
  readings: readonly MachineReading[],
  calls: readonly Operation[],
  place: string,
): FoundStuck {
  const nothing: FoundStuck = { anomalies: [], doubts: [] };
  const register = keyNamed(calls[0]?.key ?? "")?.register;
  if (register === undefined) return nothing;
  const { key, variant, path, workload } = register;
  const meanwhile = ({ start, end }: Operation): readonly MachineReading[] =>
    readingsDuring(readings, { from: start, until: end });
  const telling = calls.filter((call) => !meanwhile(call).some(isSlow));
  const measured = [...new Set(calls.flatMap(meanwhile))];
  const made = calls.length === 1 ? "a call was" : `${calls.length} calls were`;
  const figures = measured.length === 0 ? "" : `; meanwhile ${figuresText(measured)}`;
  const text = `nothing ${place} was answered after a fault had ended, though ${made} made${figures}`;
  if (telling.length * 2 > calls.length) {
    const witnesses = telling.slice(0, 3).map(({ op }) => op);
    return { ...nothing, anomalies: [{ name: "STUCK", key, variant, path, workload, text, witnesses }] };
  }
  // What becomes of a control is no question of the verdict.
  if (variant !== "ours") return nothing;
  return { ...nothing, doubts: [`the machine was too slow to tell whether ${key} is stuck: ${text}`] };
}
