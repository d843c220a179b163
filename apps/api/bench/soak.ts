import { benchApi } from "./api.ts";
import { load, type LoadResult, percentile } from "./load.ts";
import { goodShots, mixedShots, tokenOf } from "./shots.ts";

/** Good and bad traffic at 80 % of what the process can do, and whether anything grows or surprises. */
export async function soak(
  mongoUri: string,
  seconds: number,
  print: (line: string) => void,
): Promise<boolean> {
  const token = await tokenOf("alice");
  await using api = await benchApi({
    MONGODB_URI: mongoUri,
    MONGODB_DB: "soak",
    METRICS_PORT: "0",
    RATE_LIMIT_CALLS: "0",
    RATE_LIMIT_REQUESTS: "0",
    LOG_LEVEL: "info",
  });
  const fastest = { url: api.url, connections: 32, rate: null } as const;
  await load({ ...fastest, seconds: 5, next: goodShots(token, "warm") });
  const peak = await load({ ...fastest, seconds: 10, next: mixedShots(token, "peak") });
  const rate = Math.floor((peak.sent / peak.seconds) * 0.8);
  print(`capacity: ${Math.round(peak.sent / peak.seconds)} requests/s, ${describe(peak)}`);
  const surprises: Record<string, number> = {};
  const [slices, sliceSeconds] = [Math.max(4, Math.round(seconds / 15)), 15];
  for (let slice = 0; slice < slices; slice += 1) {
    const next = mixedShots(token, `soak-${slice}`);
    const result = await load({ url: api.url, connections: 64, seconds: sliceSeconds, rate, next });
    for (const [name, count] of Object.entries(result.surprises))
      surprises[name] = (surprises[name] ?? 0) + count;
    print(
      `${(slice + 1) * sliceSeconds} s at ${rate}/s: ${describe(result)}; ${await vitals(api.metricsUrl)}`,
    );
  }
  print(`surprises: ${JSON.stringify(surprises)}`);
  return Object.keys(surprises).length === 0;
}

function describe({ latencies, surprises }: LoadResult): string {
  const at = (share: number): string => `${percentile(latencies, share).toFixed(1)} ms`;
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)}, surprises ${JSON.stringify(surprises)}`;
}

async function vitals(metricsUrl: string): Promise<string> {
  const lines = await (await fetch(metricsUrl)).text();
  const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(lines)?.[1]);
  const mega = (name: string): string => `${Math.round(value(name) / 2 ** 20)} MB`;
  return `heap ${mega("nodejs_heap_size_used_bytes")}, resident ${mega("process_resident_memory_bytes")}, handles ${value("nodejs_active_handles_total")}, files ${value("process_open_fds")}`;
}
