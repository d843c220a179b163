import { cell, type OperationTable } from "../history/operation-table.ts";

/** The most of the operations in these rows that were under way at one instant. */
export type WidestOverlap = (rows: Int32Array) => number;

/** So few that are nearly in order are sorted faster by hand. */
const few = 32;

/** Measures many sets of rows of one table, in memory that is used again and again. */
export function overlapMeter(table: OperationTable): WidestOverlap {
  let [starts, ends] = [new Float64Array(few), new Float64Array(few)];
  return (rows) => {
    if (rows.length < 2) return rows.length;
    if (rows.length > starts.length)
      [starts, ends] = [new Float64Array(rows.length), new Float64Array(rows.length)];
    fillSorted(starts, table.start, rows);
    fillSorted(ends, table.end, rows);
    return widest(starts, ends, rows.length);
  };
}

function widest(starts: Float64Array, ends: Float64Array, length: number): number {
  let most = 0;
  let ended = 0;
  for (let begun = 0; begun < length; begun += 1) {
    while (ended < begun && cell(ends, ended) < cell(starts, begun)) ended += 1;
    most = Math.max(most, begun + 1 - ended);
  }
  return most;
}

function fillSorted(values: Float64Array, column: Float64Array, rows: Int32Array): void {
  for (let index = 0; index < rows.length; index += 1) {
    const value = cell(column, cell(rows, index));
    let place = index;
    if (rows.length <= few)
      for (; place > 0 && cell(values, place - 1) > value; place -= 1)
        values[place] = cell(values, place - 1);
    values[place] = value;
  }
  if (rows.length > few) values.subarray(0, rows.length).sort();
}
