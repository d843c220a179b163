import { cell, ensure, fail, nothing, ok, type OperationTable, unknown } from "../history/operation-table.ts";
import type { Contention } from "../result/stress-result.ts";
import type { Evidence } from "./evidence.ts";

/** How much was at the same time, per variant, path and workload. */
export function contentionOf(evidence: Evidence): readonly Contention[] {
  const groups = new Map<string, Contention>();
  for (const [index, { variant, path, workload }] of evidence.registers.entries()) {
    const name = `${variant} ${path} ${workload}`;
    const group = groups.get(name) ?? { variant, path, workload, ...nobody };
    groups.set(name, { ...group, ...sum(group, contentionOfRegister(evidence, index)) });
  }
  return [...groups.values()];
}

type Counts = Omit<Contention, "variant" | "path" | "workload">;

const nobody: Counts = {
  keys: 0,
  operations: 0,
  unknown: 0,
  failed: 0,
  contendedKeys: 0,
  widestOverlap: 0,
  racesLost: 0,
  certainKeys: 0,
};

function sum(group: Counts, register: Counts): Counts {
  return {
    keys: group.keys + register.keys,
    operations: group.operations + register.operations,
    unknown: group.unknown + register.unknown,
    failed: group.failed + register.failed,
    contendedKeys: group.contendedKeys + register.contendedKeys,
    widestOverlap: Math.max(group.widestOverlap, register.widestOverlap),
    racesLost: group.racesLost + register.racesLost,
    certainKeys: group.certainKeys + register.certainKeys,
  };
}

function contentionOfRegister({ table, rowsOf, initialOf }: Evidence, register: number): Counts {
  const rows = rowsOf(register);
  const having = (outcome: number): number =>
    rows.reduce((count, row) => count + Number(cell(table.outcome, row) === outcome), 0);
  const uncertain = having(unknown);
  return {
    keys: 1,
    operations: rows.length,
    unknown: uncertain,
    failed: having(fail),
    contendedKeys: Number(isContended(table, rows)),
    widestOverlap: widestOverlap(table, rows),
    racesLost: initialOf(register).length > 0 ? 0 : racesLost(table, rows),
    certainKeys: Number(uncertain === 0),
  };
}

/** Two creating calls had begun when the first of all ended. */
function isContended(table: OperationTable, rows: Int32Array): boolean {
  const creating = rows.filter(
    (row) => cell(table.kind, row) === ensure && cell(table.outcome, row) !== fail,
  );
  const firstEnd = creating.reduce(
    (first, row) => Math.min(first, cell(table.end, row)),
    Number.POSITIVE_INFINITY,
  );
  return creating.filter((row) => cell(table.start, row) <= firstEnd).length > 1;
}

function widestOverlap(table: OperationTable, rows: Int32Array): number {
  if (rows.length < 2) return rows.length;
  const starts = Float64Array.from(rows, (row) => cell(table.start, row)).toSorted();
  const ends = Float64Array.from(rows, (row) => cell(table.end, row)).toSorted();
  let widest = 0;
  let ended = 0;
  for (let begun = 0; begun < starts.length; begun += 1) {
    while (cell(ends, ended) < cell(starts, begun)) ended += 1;
    widest = Math.max(widest, begun + 1 - ended);
  }
  return widest;
}

/** Calls that began before anybody had been answered, and that did not create. */
function racesLost(table: OperationTable, rows: Int32Array): number {
  const answers = rows.filter((row) => cell(table.outcome, row) === ok && cell(table.id, row) !== nothing);
  const known = answers.reduce(
    (first, row) => Math.min(first, cell(table.end, row)),
    Number.POSITIVE_INFINITY,
  );
  return answers.filter(
    (row) =>
      cell(table.kind, row) === ensure && cell(table.created, row) === 0 && cell(table.start, row) <= known,
  ).length;
}
