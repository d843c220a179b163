import { group, max, rollup } from "d3-array";
import type { MachineReading } from "../history/history-line.ts";
import type { Operation } from "../history/operation.ts";
import type { Anomaly } from "../measure/result.ts";
import { type Evidence, isAnswer } from "./evidence.ts";
import { calmTimes, wayOf } from "./faults.ts";
import { calmReadings, figuresText, type Interval, isSlow, readingsDuring } from "./slow-machine.ts";

/** How long after a fault a call may still fail, in nanoseconds: connections have to be made anew. */
const settling = 1e9;

export interface FoundStuck {
  readonly anomalies: readonly Anomaly[];
  /** Where it may as well have been the machine, a sentence each. */
  readonly doubts: readonly string[];
}

interface Common {
  /** `null` for what is in no group. */
  readonly groupOf: (operation: Operation) => string | null;
  /** Only calls count that were sent so long after the fault. */
  readonly sentAfter: number;
  readonly atLeast: number;
  readonly place: (calls: readonly Operation[]) => string;
}

/**
 * Paths, processes and registers that were never answered again after a fault had ended, although calls were made. Of
 * a stuck path neither its processes nor its registers are named as well.
 */
export function stuck(evidence: Evidence): FoundStuck {
  const calms = calmTimes(evidence.history.faults);
  if (calms.length === 0) return { anomalies: [], doubts: [] };
  const way = (operation: Operation): string | null => wayOf(evidence, operation);
  const paths: Common = { groupOf: way, sentAfter: 0, atLeast: 1, place: () => "on this path" };
  const silentPaths = unanswered(evidence, calms, paths);
  const isElsewhere = (operation: Operation): boolean => {
    const own = way(operation);
    return own !== null && !silentPaths.has(own);
  };
  const processes: Common = {
    groupOf: (operation) => (isElsewhere(operation) ? `${way(operation)} ${operation.process}` : null),
    sentAfter: settling,
    atLeast: 2,
    place: ([call]) => `in the process ${call?.process}`,
  };
  const keys: Common = {
    groupOf: (operation) => (isElsewhere(operation) ? operation.key : null),
    sentAfter: settling,
    atLeast: 1,
    place: () => "about this chat",
  };
  const readings = calmReadings(evidence.history.machine, calms);
  const judged = [paths, processes, keys].flatMap((common) =>
    [...unanswered(evidence, calms, common).values()].map((calls) =>
      weigh(evidence, readings, calls, common.place(calls)),
    ),
  );
  return {
    anomalies: judged.flatMap(({ anomalies }) => anomalies),
    doubts: judged.flatMap(({ doubts }) => doubts),
  };
}

/** By group, the unanswered calls after the last answer, if they prove something. */
function unanswered(
  { history: { operations } }: Evidence,
  calms: readonly Interval[],
  { groupOf, sentAfter, atLeast }: Common,
): ReadonlyMap<string | null, readonly Operation[]> {
  const answers = operations.filter(isAnswer);
  const answeredAt = rollup(answers, (some) => max(some, ({ end }) => end) ?? 0, groupOf);
  const silent = operations.filter((operation) => {
    const { kind, start, end } = operation;
    if (isAnswer(operation) || kind === "merge") return false;
    const calm = calms.find(
      ({ from, until }) => start >= from + sentAfter && end >= from + settling && end < until,
    );
    const name = groupOf(operation);
    return (
      name !== null && calm !== undefined && calm.from > (answeredAt.get(name) ?? Number.NEGATIVE_INFINITY)
    );
  });
  return new Map([...group(silent, groupOf)].filter(([, calls]) => calls.length >= atLeast));
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
