import { max, min, sum } from "d3-array";
import type { Operation } from "../history/operation.ts";
import { alike } from "../measure/alike.ts";
import type { Contention } from "../measure/result.ts";
import type { Evidence, KeyEvidence } from "./evidence.ts";

/** How much was at the same time, per variant, path and workload. */
export function contentionOf({ keys }: Evidence): readonly Contention[] {
  const groups = alike(keys, ({ register: { variant, path, workload } }) => [variant, path, workload].join());
  return groups.map(({ first: { register }, all }) => {
    const { variant, path, workload } = register;
    const calls = all.map(callsOf);
    return {
      variant,
      path,
      workload,
      keys: all.length,
      operations: sum(calls, ({ length }) => length),
      unknown: sum(calls, (own) => countOf(own, "unknown")),
      failed: sum(calls, (own) => countOf(own, "fail")),
      contendedKeys: calls.filter(isContended).length,
      widestOverlap: max(calls, widestOverlap) ?? 0,
      racesLost: sum(all, (key) => (key.register.initial.length > 0 ? 0 : racesLost(callsOf(key)))),
      certainKeys: calls.filter((own) => countOf(own, "unknown") === 0).length,
    };
  });
}

/** Merges are the migration's work, and no calls that anybody waits for. */
function callsOf({ operations }: KeyEvidence): readonly Operation[] {
  return operations.filter(({ kind }) => kind !== "merge");
}

function countOf(calls: readonly Operation[], outcome: Operation["outcome"]): number {
  return calls.filter((call) => call.outcome === outcome).length;
}

/** Two creating calls had begun when the first of all ended. */
function isContended(operations: readonly Operation[]): boolean {
  const creating = operations.filter(({ kind, outcome }) => kind === "ensure" && outcome !== "fail");
  const first = firstEnd(creating);
  return creating.filter(({ start }) => start <= first).length > 1;
}

/** Calls that began before anybody had been answered, and that did not create. */
function racesLost(operations: readonly Operation[]): number {
  const naming = operations.filter(({ outcome, id }) => outcome === "ok" && id !== null);
  const known = firstEnd(naming);
  const early = naming.filter(({ start }) => start <= known);
  const lost = early.filter(({ created }) => created === false).length;
  // Where it is not told who created, one of them may have been it.
  const untold = early.filter(({ kind, created }) => kind === "ensure" && created === null).length;
  return lost + Math.max(0, untold - 1);
}

function firstEnd(operations: readonly Operation[]): number {
  return min(operations, ({ end }) => end) ?? Number.POSITIVE_INFINITY;
}

export function widestOverlap(operations: readonly Operation[]): number {
  if (operations.length < 2) return operations.length;
  const starts = Float64Array.from(operations, ({ start }) => start).toSorted();
  const ends = Float64Array.from(operations, ({ end }) => end).toSorted();
  let widest = 0;
  let ended = 0;
  for (const [begun, start] of starts.entries()) {
    while (ended < begun && (ends[ended] ?? 0) < start) ended += 1;
    widest = Math.max(widest, begun + 1 - ended);
  }
  return widest;
}
