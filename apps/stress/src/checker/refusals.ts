import type { Operation } from "../history/operation.ts";
import { type Finding, finding, type KeyEvidence } from "./evidence.ts";

/** Errors by which the database loses a race; they are for the implementation to handle, and nobody else's business. */
const lostRaceReasons: ReadonlySet<string> = new Set(["E11000", "DUPLICATE_KEY", "WRITE_CONFLICT"]);

/** Calls that failed in a way in which none may fail, whatever the database and the network do. */
export function refusals({ operations }: KeyEvidence): readonly Finding[] {
  const failed = operations.filter(({ error }) => error !== null);
  const leaked = failed.filter(
    ({ error }) => lostRaceReasons.has(error?.reason ?? "") || error?.message.includes("E11000") === true,
  );
  const refused = failed.filter(
    (operation) => operation.error?.reason === "INTEGRITY" && !leaked.includes(operation),
  );
  return [
    ...about("LEAKED_E11000", leaked, "were told of a duplicate key or a write conflict"),
    ...about("CROSS_KEY", refused, "were refused because the stored chat holds other people"),
  ];
}

function about(name: Finding["name"], operations: readonly Operation[], what: string): readonly Finding[] {
  if (operations.length === 0) return [];
  const calls = operations.length === 1 ? "a call" : `${operations.length} calls`;
  return [finding(name, `${calls} ${what}`, operations)];
}
