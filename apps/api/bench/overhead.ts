import { type BenchApi, benchApi } from "./api.ts";
import { load, type Shot } from "./load.ts";
import { goodShots, tokenOf } from "./shots.ts";

/**
 * What metrics cost, in processor time per call: two processes over one database, driven in alternation, because a
 * machine's speed changes by more than what is measured. The same is done with two equal ones, which shows the noise.
 */
export async function overhead(mongoUri: string, print: (line: string) => void): Promise<void> {
  const token = await tokenOf("alice");
  const common = {
    MONGODB_URI: mongoUri,
    MONGODB_DB: "bench",
    RATE_LIMIT_CALLS: "0",
    RATE_LIMIT_REQUESTS: "0",
  };
  for (const [name, env] of [
    ["two without metrics (noise)", {}],
    ["with metrics against without", { METRICS_PORT: "0" }],
  ] as const) {
    await using without = await benchApi(common);
    await using other = await benchApi({ ...common, ...env });
    print(`${name}: ${summary(await costRatios(without, other, token))}`);
  }
}

const pairs = 24;

/** The other's cost over the first one's, per pair of rounds; the first two pairs only warm up. */
async function costRatios(without: BenchApi, other: BenchApi, token: string): Promise<readonly number[]> {
  const ratios: number[] = [];
  for (let pair = -2; pair < pairs; pair += 1) {
    const cost = new Map<BenchApi, number>();
    for (const api of pair % 2 === 0 ? [without, other] : [other, without])
      cost.set(api, await costPerCall(api, goodShots(token, `${api.child.pid}-${pair}`)));
    if (pair >= 0) ratios.push((cost.get(other) ?? 0) / (cost.get(without) ?? 1));
  }
  return ratios.toSorted((a, b) => a - b);
}

async function costPerCall(api: BenchApi, next: (index: number) => Shot): Promise<number> {
  const before = api.cpuSeconds();
  const { sent } = await load({ url: api.url, connections: 16, seconds: 1.5, rate: null, next });
  return (api.cpuSeconds() - before) / sent;
}

function summary(ratios: readonly number[]): string {
  const at = (share: number): string => percent(ratios[Math.floor(ratios.length * share)] ?? Number.NaN);
  return `${at(0.5)} processor time per call (middle half: ${at(0.25)} to ${at(0.75)}, ${pairs} pairs)`;
}

function percent(ratio: number): string {
  const value = (ratio - 1) * 100;
  return `${value >= 0 ? "+" : ""}${value.toFixed(1)} %`;
}
