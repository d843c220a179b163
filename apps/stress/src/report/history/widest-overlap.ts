import { cell, type OperationTable } from "../../history/operation-table.ts";

/** The most of these operations that were under way at one instant. */
export function widestOverlap(table: OperationTable, rows: Int32Array): number {
  const starts = Float64Array.from(rows, (row) => cell(table.start, row)).toSorted();
  const ends = Float64Array.from(rows, (row) => cell(table.end, row)).toSorted();
  let widest = 0;
  let ended = 0;
  for (let began = 0; began < starts.length; began += 1) {
    const start = cell(starts, began);
    while (ended < ends.length && cell(ends, ended) < start) ended += 1;
    widest = Math.max(widest, began + 1 - ended);
  }
  return widest;
}
