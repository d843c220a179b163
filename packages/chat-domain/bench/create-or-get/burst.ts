import { rotated } from "@onechat/testing";
import { median, type Ratio, ratioOf } from "../ratio.ts";
import { type VariantName, variantNames, type Variants } from "./controls.ts";

export interface BurstOptions {
  readonly callers: number;
  readonly rounds: number;
}

export interface BurstResult extends BurstOptions {
  readonly variants: readonly BurstVariant[];
}

/** Its ratio says how many times as long this variant took as ours. */
export interface BurstVariant extends Ratio {
  readonly name: VariantName;
  /** Until the last caller was answered, in milliseconds. */
  readonly wallMs: number;
}

/** Everybody asks for the same new chat at the same moment. */
export async function burstRounds(variants: Variants, options: BurstOptions): Promise<BurstResult> {
  const { callers, rounds } = options;
  const walls = new Map<VariantName, number[]>(variantNames.map((variant) => [variant, []]));
  let burst = Date.now() * 1_000;
  for (let round = -1; round < rounds; round += 1) {
    for (const variant of rotated(variantNames, round + 1)) {
      burst += 1;
      const pair = [`burst-${burst}`, "bob"];
      const began = performance.now();
      await Promise.all(Array.from({ length: callers }, () => variants[variant](pair)));
      if (round >= 0) walls.get(variant)?.push(performance.now() - began);
    }
  }
  const ours = walls.get("ours") ?? [];
  return {
    ...options,
    variants: variantNames.map((name) => {
      const own = walls.get(name) ?? [];
      const pairs = own.map((wall, round) => [wall, ours[round] ?? Number.NaN] as const);
      return { name, wallMs: median(own), ...ratioOf(pairs) };
    }),
  };
}
