import { cell, ensure, fail, nothing, ok, type OperationTable, unknown } from "../history/operation-table.ts";
import type { Contention } from "../result/stress-result.ts";
import type { Evidence } from "./evidence.ts";
import { overlapMeter, type WidestOverlap } from "./widest-overlap.ts";

/** How much was at the same time, per variant, path and workload. */
export function contentionOf(evidence: Evidence): readonly Contention[] {
  const groups = new Map<string, Contention>();
  const widestOverlap = overlapMeter(evidence.table);
  for (const [index, { variant, path, workload }] of evidence.registers.entries()) {
    const name = `${variant} ${path} ${workload}`;
    let group = groups.get(name);
    if (group === undefined) groups.set(name, (group = { variant, path, workload, ...nobody }));
    add(group, evidence, index, widestOverlap);
  }
  return [...groups.values()];
}

const nobody: Omit<Contention, "variant" | "path" | "workload"> = {
  keys: 0,
  operations: 0,
  unknown: 0,
  failed: 0,
  contendedKeys: 0,
  widestOverlap: 0,
  racesLost: 0,
  certainKeys: 0,
};

function add(
  group: Contention,
  { table, rowsOf, initialOf }: Evidence,
  register: number,
  widestOverlap: WidestOverlap,
): void {
  const rows = rowsOf(register);
  const uncertain = count(rows, (row) => cell(table.outcome, row) === unknown);
  group.keys += 1;
  group.operations += rows.length;
  group.unknown += uncertain;
  group.failed += count(rows, (row) => cell(table.outcome, row) === fail);
  group.contendedKeys += Number(isContended(table, rows));
  group.widestOverlap = Math.max(group.widestOverlap, widestOverlap(rows));
  group.racesLost += initialOf(register).length > 0 ? 0 : racesLost(table, rows);
  group.certainKeys += Number(uncertain === 0);
}

/** Two creating calls had begun when the first of all ended. */
function isContended(table: OperationTable, rows: Int32Array): boolean {
  const creates = (row: number): boolean =>
    cell(table.kind, row) === ensure && cell(table.outcome, row) !== fail;
  const first = firstEnd(table, rows, creates);
  return count(rows, (row) => creates(row) && cell(table.start, row) <= first) > 1;
}

/** Calls that began before anybody had been answered, and that did not create. */
function racesLost(table: OperationTable, rows: Int32Array): number {
  const names = (row: number): boolean => cell(table.outcome, row) === ok && cell(table.id, row) !== nothing;
  const known = firstEnd(table, rows, names);
  return count(
    rows,
    (row) => names(row) && cell(table.created, row) === 0 && cell(table.start, row) <= known,
  );
}

function firstEnd(table: OperationTable, rows: Int32Array, isMeant: (row: number) => boolean): number {
  let first = Number.POSITIVE_INFINITY;
  for (const row of rows) if (isMeant(row)) first = Math.min(first, cell(table.end, row));
  return first;
}

function count(rows: Int32Array, isMeant: (row: number) => boolean): number {
  let total = 0;
  for (const row of rows) if (isMeant(row)) total += 1;
  return total;
}
