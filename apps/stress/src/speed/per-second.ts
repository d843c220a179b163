import type { Register } from "../history/history-line.ts";
import type { Operation } from "../history/operation.ts";
import type { Second } from "../result/stress-result.ts";
import { percentile } from "./percentile.ts";

interface Bucket extends Pick<Second, "at" | "variant" | "path"> {
  ok: number;
  failed: number;
  unknown: number;
  readonly latencies: number[];
}

/** What became of the calls that ended in each second, in the order of time. Empty seconds are left out. */
export function secondsOf(
  operations: Iterable<Operation>,
  registers: ReadonlyMap<string, Pick<Register, "variant" | "path">>,
): readonly Second[] {
  const buckets = new Map<string, Bucket>();
  for (const operation of operations) {
    const register = registers.get(operation.key);
    if (register === undefined) continue;
    count(bucketOf(buckets, Math.floor(operation.end / 1e9), register), operation);
  }
  return [...buckets.values()].map(secondOf).toSorted(inOrder);
}

function bucketOf(
  buckets: Map<string, Bucket>,
  at: number,
  { variant, path }: Pick<Register, "variant" | "path">,
): Bucket {
  const name = `${variant} ${path} ${at}`;
  const known = buckets.get(name);
  if (known !== undefined) return known;
  const fresh: Bucket = { at, variant, path, ok: 0, failed: 0, unknown: 0, latencies: [] };
  buckets.set(name, fresh);
  return fresh;
}

function count(bucket: Bucket, { outcome, start, end }: Operation): void {
  if (outcome === "fail") bucket.failed += 1;
  else if (outcome === "unknown") bucket.unknown += 1;
  else {
    bucket.ok += 1;
    bucket.latencies.push((end - start) / 1e6);
  }
}

function secondOf({ latencies, ...counts }: Bucket): Second {
  if (latencies.length === 0) return { ...counts, p50: null, p99: null, max: null };
  const sorted = Float64Array.from(latencies).toSorted();
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => Number(percentile(sorted, share).toFixed(3)));
  return { ...counts, p50: p50 ?? null, p99: p99 ?? null, max: max ?? null };
}

function inOrder(a: Second, b: Second): number {
  return a.at - b.at || a.variant.localeCompare(b.variant) || a.path.localeCompare(b.path);
}
