import { cell, merge, nothing } from "../history/operation-table.ts";
import type { Anomaly } from "../result/stress-result.ts";
import { type Calm, calmTimes } from "./calm.ts";
import type { Evidence } from "./evidence.ts";
import { calmReadings } from "./slow-machine.ts";
import { type Silence, weighed } from "./weigh-silence.ts";
import { waysOf } from "./ways.ts";

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
  const wayOf = waysOf(evidence);
  const paths = unanswered(evidence, calms, { groupOf: wayOf, sentAfter: 0, atLeast: 1 });
  const elsewhere = (row: number, group: number): number => (paths.has(wayOf(row)) ? nothing : group);
  const { process, processes: names } = evidence.table;
  const processes = unanswered(evidence, calms, {
    groupOf: (row) => elsewhere(row, wayOf(row) * names.length + cell(process, row)),
    sentAfter: settling,
    atLeast: 2,
  });
  const keys = unanswered(evidence, calms, {
    groupOf: (row) => elsewhere(row, evidence.registerOf(row)),
    sentAfter: settling,
    atLeast: 1,
  });
  const readings = calmReadings(evidence.history.machine, calms);
  const silences = [
    ...silencesOf(paths, () => "on this path"),
    ...silencesOf(processes, (row) => `in the process ${names[cell(process, row)]}`),
    ...silencesOf(keys, () => "about this chat"),
  ].map((silence) => weighed(evidence, silence, readings));
  return {
    anomalies: silences.flatMap(({ anomaly }) => anomaly ?? []),
    doubts: silences.flatMap(({ doubt }) => doubt ?? []),
  };
}

interface Grouping {
  /** `nothing` for what is in no group. */
  readonly groupOf: (row: number) => number;
  /** Only calls count that were sent so long after the fault. */
  readonly sentAfter: number;
  /** So many unanswered calls are needed. */
  readonly atLeast: number;
}

/** By group, the unanswered calls after the last answer, if they prove something. */
function unanswered(
  evidence: Evidence,
  calms: readonly Calm[],
  { groupOf, sentAfter, atLeast }: Grouping,
): ReadonlyMap<number, readonly number[]> {
  const { table } = evidence;
  const answeredAt = lastAnswers(evidence, groupOf);
  const calmOf = (row: number): Calm | undefined => {
    const [start, end] = [cell(table.start, row), cell(table.end, row)];
    return calms.find(
      ({ from, until }) => start >= from + sentAfter && end >= from + settling && end < until,
    );
  };
  const groups = new Map<number, number[]>();
  for (let row = 0; row < table.length; row += 1) {
    if (evidence.isAnswer(row) || cell(table.kind, row) === merge) continue;
    const group = groupOf(row);
    const calm = group === nothing ? undefined : calmOf(row);
    if (calm === undefined || calm.from <= (answeredAt.get(group) ?? Number.NEGATIVE_INFINITY)) continue;
    const rows = groups.get(group) ?? [];
    rows.push(row);
    groups.set(group, rows);
  }
  return new Map([...groups].filter(([, rows]) => rows.length >= atLeast));
}

function lastAnswers(evidence: Evidence, groupOf: (row: number) => number): ReadonlyMap<number, number> {
  const answeredAt = new Map<number, number>();
  for (let row = 0; row < evidence.table.length; row += 1) {
    if (!evidence.isAnswer(row)) continue;
    const group = groupOf(row);
    const before = answeredAt.get(group) ?? Number.NEGATIVE_INFINITY;
    answeredAt.set(group, Math.max(before, cell(evidence.table.end, row)));
  }
  return answeredAt;
}

function silencesOf(
  groups: ReadonlyMap<number, readonly number[]>,
  placeOf: (row: number) => string,
): readonly Silence[] {
  return [...groups.values()].map((rows) => ({ rows, place: placeOf(rows[0] ?? 0) }));
}
