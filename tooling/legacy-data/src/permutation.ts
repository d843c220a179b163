import { hash32, mix32 } from "./random.ts";

/** A shuffle of the numbers below a limit that holds no list: every place is computed, in both directions. */
export interface Permutation {
  readonly at: (index: number) => number;
  readonly indexOf: (value: number) => number;
}

const rounds = [0, 1, 2, 3] as const;
const backwards = rounds.toReversed();

export function permutation(limit: number, seed: number): Permutation {
  const half = halfBits(limit);
  const keys = rounds.map((round) => hash32(seed, "permutation", round));
  const scramble = (value: number, round: number): number =>
    mix32(value ^ (keys[round] ?? 0)) & (2 ** half - 1);
  const forth = (value: number): number => {
    let [left, right] = halves(value, half);
    for (const round of rounds) [left, right] = [right, left ^ scramble(right, round)];
    return left * 2 ** half + right;
  };
  const back = (value: number): number => {
    let [left, right] = halves(value, half);
    for (const round of backwards) [left, right] = [right ^ scramble(left, round), left];
    return left * 2 ** half + right;
  };
  return {
    at: (index) => walk(forth, index, limit),
    indexOf: (value) => walk(back, value, limit),
  };
}

/** Half of the bits that hold every number below the limit. */
function halfBits(limit: number): number {
  return Math.max(1, Math.ceil(Math.log2(Math.max(2, limit)) / 2));
}

function halves(value: number, half: number): [number, number] {
  const right = value % 2 ** half;
  return [(value - right) / 2 ** half, right];
}

/** The rounds shuffle a power of four; steps outside of the limit are walked on until one is inside again. */
function walk(step: (value: number) => number, start: number, limit: number): number {
  let value = step(start);
  while (value >= limit) value = step(value);
  return value;
}
