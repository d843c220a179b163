import { group } from "d3-array";
import type { History } from "../history/history.ts";
import type { Operation } from "../history/operation.ts";
import type { Anomaly } from "../measure/result.ts";
import { countText } from "./text/figure-text.ts";
import { operationText } from "./text/operation-text.ts";
import { shortened } from "./text/visible-text.ts";

/** Anomalies of one name in one place, which one of them stands for. */
export interface AnomalyGroup extends Anomaly {
  /** On so many keys. */
  readonly keys: number;
  /** In one line: what was found, on which key, on how many more. */
  readonly said: string;
  /** The witnesses of the first one, a line each. */
  readonly proof: readonly string[];
}

/** The names in the order in which they were found; of each the first anomaly with its witnesses. */
export function groupAnomalies(
  anomalies: readonly Anomaly[],
  history: History | null,
): readonly AnomalyGroup[] {
  const alike = [
    ...group(anomalies, ({ name, variant, path, workload }) =>
      [name, variant, path, workload].join(),
    ).values(),
  ];
  const known = operationsNumbered(history, new Set(alike.flatMap(([first]) => first?.witnesses ?? [])));
  return alike.flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const more = others.length === 0 ? "" : ` and ${countText(others.length)} more like it`;
    const proof = first.witnesses.map((op) => {
      const operation = known.get(op);
      return operation === undefined ? `op ${op}` : operationText(operation);
    });
    const said = `${first.name} on ${shortened(first.key, 200)}${more}: ${first.text}`;
    return [{ ...first, keys: 1 + others.length, said, proof }];
  });
}

/** The operations with these numbers. */
export function operationsNumbered(
  history: History | null,
  numbers: ReadonlySet<number>,
): ReadonlyMap<number, Operation> {
  const found = (history?.operations ?? []).filter(({ op }) => numbers.has(op));
  return new Map(found.map((operation) => [operation.op, operation]));
}
