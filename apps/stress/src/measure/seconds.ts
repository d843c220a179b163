import { group } from "d3-array";
import type { History } from "../history/history.ts";
import type { Operation } from "../history/operation.ts";
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
    const register = registerOf.get(operation.key);
    if (register === undefined || operation.kind === "merge") return [];
    const { variant, path } = register;
    return [{ variant, path, at: Math.floor(operation.end / 1e9), operation }];
  });
  const buckets = group(calls, ({ variant, path, at }) => `${variant} ${path} ${at}`);
  return [...buckets.values()]
    .flatMap(([first, ...others]) => {
      if (first === undefined) return [];
      const { operation, ...about } = first;
      return [{ ...about, ...figuresOf([operation, ...others.map((other) => other.operation)]) }];
    })
    .toSorted((a, b) => a.at - b.at || a.variant.localeCompare(b.variant) || a.path.localeCompare(b.path));
}

function figuresOf(bucket: readonly Operation[]): Omit<Second, "at" | "variant" | "path"> {
  const count = (outcome: Operation["outcome"]): number =>
    bucket.filter((operation) => operation.outcome === outcome).length;
  const sorted = latenciesOf(bucket);
  const figure = (share: number): number | null =>
    sorted.length === 0 ? null : Number(percentile(sorted, share).toFixed(3));
  const counts = { ok: count("ok"), failed: count("fail"), unknown: count("unknown") };
  return { ...counts, p50: figure(0.5), p99: figure(0.99), max: figure(1) };
}
