import type { History } from "../history/history.ts";
import type { Operation } from "../history/operation.ts";
import { cell, operationAt } from "../history/operation-table.ts";
import type { Anomaly } from "../result/stress-result.ts";

/** The operations that anomalies name, by their numbers. */
export function witnessesOf(
  { operations: table }: Pick<History, "operations">,
  anomalies: readonly Anomaly[],
): ReadonlyMap<number, Operation> {
  const asked = new Set(anomalies.flatMap(({ witnesses }) => witnesses));
  const found = new Map<number, Operation>();
  for (let row = 0; row < table.length && found.size < asked.size; row += 1)
    if (asked.has(cell(table.op, row))) found.set(cell(table.op, row), operationAt(table, row));
  return found;
}
