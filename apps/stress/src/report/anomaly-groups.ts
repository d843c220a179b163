import type { History } from "../history/history.ts";
import type { Operation } from "../history/operation.ts";
import { alike } from "../measure/alike.ts";
import type { Anomaly } from "../measure/result.ts";
import { countText } from "./text/figure-text.ts";
import { operationText } from "./text/operation-text.ts";
import { shortened } from "./text/visible-text.ts";

/** Anomalies of one name in one place, which one of them stands for. */
export interface AnomalyGroup extends Anomaly {
  readonly keys: number;
  /** In one line: what was found, on which key, on how many more. */
  readonly said: string;
  readonly proof: readonly string[];
}

/** The names in the order in which they were found; of each the first anomaly with its witnesses. */
export function groupAnomalies(
  anomalies: readonly Anomaly[],
  history: History | null,
): readonly AnomalyGroup[] {
  const groups = alike(anomalies, ({ name, variant, path, workload }) =>
    [name, variant, path, workload].join(),
  );
  const known = operationsNumbered(history, new Set(groups.flatMap(({ first }) => first.witnesses)));
  return groups.map(({ first, all: { length: keys } }) => {
    const more = keys === 1 ? "" : ` and ${countText(keys - 1)} more like it`;
    const proof = first.witnesses.map((op) => {
      const operation = known.get(op);
      return operation === undefined ? `op ${op}` : operationText(operation);
    });
    return {
      ...first,
      keys,
      said: `${first.name} on ${shortened(first.key, 200)}${more}: ${first.text}`,
      proof,
    };
  });
}

export function operationsNumbered(
  history: History | null,
  numbers: ReadonlySet<number>,
): ReadonlyMap<number, Operation> {
  const found = (history?.operations ?? []).filter(({ op }) => numbers.has(op));
  return new Map(found.map((operation) => [operation.op, operation]));
}
