import { cell, type OperationTable } from "../history/operation-table.ts";

/** The most of these operations that were under way at one instant. */
export function widestOverlap(table: OperationTable, rows: Int32Array): number {
  if (rows.length < 2) return rows.length;
  const starts = sorted(table.start, rows);
  const ends = sorted(table.end, rows);
  let widest = 0;
  let ended = 0;
  for (let begun = 0; begun < starts.length; begun += 1) {
    while (ended < begun && cell(ends, ended) < cell(starts, begun)) ended += 1;
    widest = Math.max(widest, begun + 1 - ended);
  }
  return widest;
}

/** So few that are nearly in order are sorted faster by hand. */
const few = 32;

function sorted(column: Float64Array, rows: Int32Array): Float64Array {
  const values = new Float64Array(rows.length);
  for (const [index, row] of rows.entries()) values[index] = cell(column, row);
  return rows.length > few ? values.toSorted() : sortedByInsertion(values);
}

function sortedByInsertion(values: Float64Array): Float64Array {
  for (let index = 1; index < values.length; index += 1) {
    const value = cell(values, index);
    let place = index;
    for (; place > 0 && cell(values, place - 1) > value; place -= 1) values[place] = cell(values, place - 1);
    values[place] = value;
  }
  return values;
}
