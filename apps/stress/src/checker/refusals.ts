import { cell, nothing } from "../history/operation-table.ts";
import type { Evidence } from "./evidence.ts";
import type { Finding } from "./finding.ts";

/** Errors by which the database loses a race; they are for the implementation to handle, and nobody else's business. */
const lostRaceReasons: ReadonlySet<string> = new Set(["E11000", "DUPLICATE_KEY", "WRITE_CONFLICT"]);

/** Calls that failed in a way in which none may fail, whatever the database and the network do. */
export function refusals({ table, rowsOf }: Evidence, register: number): readonly Finding[] {
  const leaked: number[] = [];
  const refused: number[] = [];
  for (const row of rowsOf(register)) {
    const error = cell(table.error, row) === nothing ? undefined : table.errors[cell(table.error, row)];
    if (error === undefined) continue;
    if (lostRaceReasons.has(error.reason) || error.message.includes("E11000")) leaked.push(row);
    else if (error.reason === "INTEGRITY") refused.push(row);
  }
  return [
    ...finding("LEAKED_E11000", leaked, "were told of a duplicate key or a write conflict"),
    ...finding("CROSS_KEY", refused, "were refused because the stored chat holds other people"),
  ];
}

function finding(name: Finding["name"], rows: readonly number[], what: string): readonly Finding[] {
  if (rows.length === 0) return [];
  return [{ name, text: `${rows.length === 1 ? "a call" : `${rows.length} calls`} ${what}`, rows }];
}
