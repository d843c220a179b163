import { cell, merge, nothing } from "../history/operation-table.ts";
import type { Anomaly } from "../result/stress-result.ts";
import { type Calm, calmTimes } from "./calm.ts";
import type { Evidence } from "./evidence.ts";
import { waysOf } from "./ways.ts";

/** How long after a fault a call may still fail, in nanoseconds: connections have to be made anew. */
const settling = 1e9;

/**
 * Paths, processes and registers that were never answered again after a fault had ended, although calls were made. Of
 * a stuck path neither its processes nor its registers are named as well.
 */
export function stuck(evidence: Evidence): readonly Anomaly[] {
  const calms = calmTimes(evidence.history.faults);
  if (calms.length === 0) return [];
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
  return [
    ...anomalies(evidence, paths, () => "on this path"),
    ...anomalies(evidence, processes, (row) => `in the process ${names[cell(process, row)]}`),
    ...anomalies(evidence, keys, () => "about this chat"),
  ];
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

function anomalies(
  { table, registers, registerOf }: Evidence,
  groups: ReadonlyMap<number, readonly number[]>,
  whatOf: (row: number) => string,
): readonly Anomaly[] {
  return [...groups.values()].flatMap((rows) => {
    const [first = 0] = rows;
    const register = registers[registerOf(first)];
    if (register === undefined) return [];
    const { key, variant, path, workload } = register;
    const calls = rows.length === 1 ? "a call was" : `${rows.length} calls were`;
    const text = `nothing ${whatOf(first)} was answered after a fault had ended, though ${calls} made`;
    const witnesses = rows.slice(0, 3).map((row) => cell(table.op, row));
    return [{ name: "STUCK" as const, key, variant, path, workload, text, witnesses }];
  });
}
