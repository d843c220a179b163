import { group } from "d3-array";
import type { History } from "../history/history.ts";
import type { Operation } from "../history/operation.ts";
import type { Anomaly } from "../measure/result.ts";
import { operationText } from "./text/operation-text.ts";

/** Anomalies of one name in one place, which one of them stands for. */
export interface AnomalyGroup extends Anomaly {
  /** On so many keys. */
  readonly keys: number;
  /** The witnesses of the first one, a line each. */
  readonly proof: readonly string[];
}

/** The names in the order in which they were found; of each the first anomaly with its witnesses. */
export function groupAnomalies(
  anomalies: readonly Anomaly[],
  history: History | null,
): readonly AnomalyGroup[] {
  const alike = group(anomalies, ({ name, variant, path, workload }) =>
    [name, variant, path, workload].join(),
  );
  const firsts = [...alike.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ first, keys: 1 + others.length }],
  );
  const known = operationsNumbered(history, new Set(firsts.flatMap(({ first }) => first.witnesses)));
  return firsts.map(({ first, keys }) => ({
    ...first,
    keys,
    proof: first.witnesses.map((op) => textOf(known, op)),
  }));
}

/** The operations with these numbers. */
export function operationsNumbered(
  history: History | null,
  numbers: ReadonlySet<number>,
): ReadonlyMap<number, Operation> {
  const found = (history?.operations ?? []).filter(({ op }) => numbers.has(op));
  return new Map(found.map((operation) => [operation.op, operation]));
}

function textOf(known: ReadonlyMap<number, Operation>, op: number): string {
  const operation = known.get(op);
  return operation === undefined ? `op ${op}` : operationText(operation);
}
