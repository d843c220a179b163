import { group } from "d3-array";
import { blockMetrics, type MeasuredBlock } from "./blocks.ts";
import type { RatioEstimate } from "./result.ts";
import { type Pair, ratioEstimate } from "./statistics.ts";

/** The subject beside every other variant and beside itself, from blocks of the same round. */
export function ratiosOf(blocks: readonly MeasuredBlock[], seed: number): readonly RatioEstimate[] {
  const rounds = blocks.filter(({ part, round }) => part === "round" && round >= 0);
  const races = group(rounds, ({ path, workload }) => `${path} ${workload}`);
  return [...races.values()].flatMap((race) => {
    const ours = race.filter(isOurs);
    const others = group(
      race.filter((block) => !isOurs(block)),
      ({ variant }) => variant,
    );
    return [...others.values()].flatMap((other) => ratiosBetween(ours, other, seed));
  });
}

function ratiosBetween(
  ours: readonly MeasuredBlock[],
  others: readonly MeasuredBlock[],
  seed: number,
): readonly RatioEstimate[] {
  const [other] = others;
  if (other === undefined) return [];
  const ofRound = new Map(others.map((block) => [block.round, block]));
  return Object.entries(blockMetrics).flatMap(([metric, figureOf]) => {
    const pairs = ours.flatMap((block): readonly Pair[] => {
      const match = ofRound.get(block.round);
      return match === undefined ? [] : [[figureOf(block), figureOf(match)]];
    });
    const estimate = ratioEstimate(pairs, seed);
    const { variant: to, path, workload } = other;
    return estimate === null ? [] : [{ metric, of: "ours", to, path, workload, ...estimate }];
  });
}

function isOurs({ variant, twin }: MeasuredBlock): boolean {
  return variant === "ours" && !twin;
}
