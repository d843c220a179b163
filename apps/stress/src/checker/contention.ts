import { min } from "d3-array";
import type { Operation } from "../history/operation.ts";
import type { Contention } from "../measure/result.ts";
import type { Evidence, KeyEvidence } from "./evidence.ts";

/** How much was at the same time, per variant, path and workload. */
export function contentionOf({ keys }: Evidence): readonly Contention[] {
  const groups = new Map<string, Contention>();
  for (const key of keys) {
    const { variant, path, workload } = key.register;
    const name = `${variant} ${path} ${workload}`;
    const group = groups.get(name) ?? { variant, path, workload, ...nobody };
    add(group, key);
    groups.set(name, group);
  }
  return [...groups.values()];
}

const nobody: Omit<Contention, "variant" | "path" | "workload"> = {
  keys: 0,
  operations: 0,
  unknown: 0,
  failed: 0,
  contendedKeys: 0,
  widestOverlap: 0,
  racesLost: 0,
  certainKeys: 0,
};

/** Merges are the migration's work, and no calls that anybody waits for. */
function add(group: Contention, { register, operations: all }: KeyEvidence): void {
  const operations = all.filter(({ kind }) => kind !== "merge");
  const uncertain = operations.filter(({ outcome }) => outcome === "unknown").length;
  group.keys += 1;
  group.operations += operations.length;
  group.unknown += uncertain;
  group.failed += operations.filter(({ outcome }) => outcome === "fail").length;
  group.contendedKeys += Number(isContended(operations));
  group.widestOverlap = Math.max(group.widestOverlap, widestOverlap(operations));
  group.racesLost += register.initial.length > 0 ? 0 : racesLost(operations);
  group.certainKeys += Number(uncertain === 0);
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

/** The most of these operations that were under way at one instant. */
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
