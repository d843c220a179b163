import { group, mean } from "d3-array";
import { blockMetrics, type MeasuredBlock } from "./blocks.ts";
import type { RatioEstimate } from "./result.ts";
import { type Pair, ratioEstimate } from "./statistics.ts";

/** The subject beside every other variant and beside itself, from blocks of the same round. */
export function ratiosOf(blocks: readonly MeasuredBlock[], seed: number): readonly RatioEstimate[] {
  const rounds = blocks.filter(({ part, round }) => part === "round" && round >= 0);
  const races = group(rounds, ({ path, workload }) => `${path} ${workload}`);
  return [...races.values()].flatMap((race) => {
    const sides = group(race, ({ variant }) => variant);
    const ours = sides.get("ours") ?? [];
    const [twins, firsts] = [ours.filter(({ twin }) => twin), ours.filter(({ twin }) => !twin)];
    sides.delete("ours");
    return [
      ...ratiosBetween(firsts, twins, seed),
      ...[...sides.values()].flatMap((others) => ratiosBetween(ours, others, seed)),
    ];
  });
}

function ratiosBetween(
  ours: readonly MeasuredBlock[],
  others: readonly MeasuredBlock[],
  seed: number,
): readonly RatioEstimate[] {
  const [other] = others;
  if (other === undefined) return [];
  const matches = group(others, ({ round }) => round);
  const own = [...group(ours, ({ round }) => round)];
  return Object.entries(blockMetrics).flatMap(([metric, figureOf]) => {
    const pairs = own.map(([round, some]): Pair => {
      return [middle(some, figureOf), middle(matches.get(round) ?? [], figureOf)];
    });
    const estimate = ratioEstimate(pairs, seed);
    const { variant: to, path, workload } = other;
    return estimate === null ? [] : [{ metric, of: "ours", to, path, workload, ...estimate }];
  });
}

/** Of a side that has two blocks in a round, their geometric mean: it makes no difference which one is over the other. */
function middle(blocks: readonly MeasuredBlock[], figureOf: (block: MeasuredBlock) => number): number {
  return Math.exp(mean(blocks, (block) => Math.log(figureOf(block))) ?? Number.NaN);
}
