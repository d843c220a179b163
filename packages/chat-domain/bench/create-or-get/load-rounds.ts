import { rotated } from "@onechat/testing";
import { median, type Ratio, ratioOf } from "../ratio.ts";
import { type Block, closedLoop } from "./closed-loop.ts";
import { type VariantName, variantNames, type Variants } from "./controls.ts";
import { existing, knownChats, workloads } from "./workloads.ts";

export interface LoadOptions {
  readonly workload: string;
  readonly callers: number;
  readonly rounds: number;
}

export interface LoadResult extends LoadOptions {
  readonly variants: readonly LoadedVariant[];
}

/** Its ratio says how many times the calls of this variant ours has answered per second, in the same rounds. */
export interface LoadedVariant extends Ratio {
  readonly name: VariantName;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Of this process, in microseconds. */
  readonly cpuPerCall: number;
  /** The median of each round's p50, ours to this one's. */
  readonly p50Ratio: Ratio;
}

const blockMs = 250;

/** Every variant once in each round, in another order each time, each as long as the others. */
export async function loadRounds(variants: Variants, options: LoadOptions): Promise<LoadResult> {
  const { workload: name, callers, rounds } = options;
  const workload = workloads[name];
  if (workload === undefined) throw new RangeError(`there is no workload ${name}`);
  await makeKnownChats(variants);
  const blocks = new Map<VariantName, Block[]>(variantNames.map((variant) => [variant, []]));
  let call = Date.now() * 1_000;
  // The first round only warms up.
  for (let round = -1; round < rounds; round += 1) {
    for (const variant of rotated(variantNames, round + 1)) {
      const block = await closedLoop(callers, blockMs, () => variants[variant](workload((call += 1))));
      if (round >= 0) blocks.get(variant)?.push(block);
    }
  }
  const ours = blocks.get("ours") ?? [];
  return {
    ...options,
    variants: variantNames.map((variant) => summary(variant, blocks.get(variant) ?? [], ours)),
  };
}

async function makeKnownChats({ ours }: Variants): Promise<void> {
  for (let made = 0; made < knownChats; made += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, index) => ours(existing(made + index))));
  }
}

function summary(name: VariantName, blocks: readonly Block[], ours: readonly Block[]): LoadedVariant {
  const latencies = blocks.flatMap((block) => block.latencies).toSorted((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  const calls = latencies.length;
  const pairs = (of: (block: Block) => number): Ratio =>
    ratioOf(blocks.map((block, round) => [of(ours[round] ?? block), of(block)] as const));
  return {
    name,
    perSecond: median(blocks.map(({ perSecond }) => perSecond)),
    p50: at(0.5),
    p99: at(0.99),
    cpuPerCall: blocks.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0) / calls,
    ...pairs(({ perSecond }) => perSecond),
    p50Ratio: pairs((block) => median(block.latencies)),
  };
}
