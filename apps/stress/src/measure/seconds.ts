import { flatGroup } from "d3-array";
import type { History } from "../history/history.ts";
import { latenciesOf } from "./blocks.ts";
import type { Second } from "./result.ts";
import { percentile } from "./statistics.ts";

/**
 * What became of the calls that ended in each second, in the order of time. Empty seconds are left out, and so are
 * merges: they are the migration's work, and nobody waited for them.
 */
export function secondsOf({ operations, registers }: History): readonly Second[] {
  const registerOf = new Map(registers.map((register) => [register.key, register]));
  const calls = operations.flatMap((operation) => {
    const register = operation.kind === "merge" ? undefined : registerOf.get(operation.key);
    return register === undefined ? [] : [{ ...operation, register }];
  });
  const seconds = flatGroup(
    calls,
    ({ end }) => Math.floor(end / 1e9),
    ({ register }) => register.variant,
    ({ register }) => register.path,
  );
  return seconds
    .map(([at, variant, path, ended]): Second => {
      const count = (outcome: string): number => ended.filter((call) => call.outcome === outcome).length;
      const sorted = latenciesOf(ended);
      const figure = (share: number): number | null =>
        sorted.length === 0 ? null : Number(percentile(sorted, share).toFixed(3));
      const counts = { ok: count("ok"), failed: count("fail"), unknown: count("unknown") };
      return { at, variant, path, ...counts, p50: figure(0.5), p99: figure(0.99), max: figure(1) };
    })
    .toSorted((a, b) => a.at - b.at || a.variant.localeCompare(b.variant) || a.path.localeCompare(b.path));
}
