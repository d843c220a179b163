import { cell, type OperationTable } from "../../history/operation-table.ts";
import type { CreationWindow } from "./creation-window.ts";

interface Sample {
  readonly window: CreationWindow | null;
  /** Numbers of operations that have to be in it. */
  readonly witnesses: ReadonlySet<number>;
  readonly limit: number;
}

/** Rows in the order of their start: all of them, or those that matter and the ones nearest to them in time. */
export function sampleRows(
  table: OperationTable,
  rows: Int32Array,
  { window, witnesses, limit }: Sample,
): readonly number[] {
  const byStart = (a: number, b: number): number => cell(table.start, a) - cell(table.start, b);
  if (rows.length <= limit) return [...rows].toSorted(byStart);
  const matters = (row: number): boolean =>
    row === window?.fromRow || row === window?.untilRow || witnesses.has(cell(table.op, row));
  const kept = [...rows].filter(matters).toSorted(byStart);
  const centre = cell(table.start, kept[0] ?? rows[0] ?? 0);
  const neighbours = [...rows]
    .filter((row) => !matters(row))
    .toSorted((a, b) => distance(table, a, centre) - distance(table, b, centre));
  return [...kept, ...neighbours].slice(0, limit).toSorted(byStart);
}

function distance(table: OperationTable, row: number, instant: number): number {
  return Math.abs(cell(table.start, row) - instant);
}
