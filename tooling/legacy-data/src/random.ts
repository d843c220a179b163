/** A bijection of 32-bit numbers that leaves no pattern: different inputs never meet. */
export function mix32(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x21f0aaad);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

const purposes = ["chat", "group", "id", "text", "people", "permutation", "set", "uuid"] as const;

/** What a random sequence is for; each purpose has its own, so that one more draw here moves nothing there. */
type Purpose = (typeof purposes)[number];

/** One 32-bit number for a seed, a purpose and an index. */
export function hash32(seed: number, purpose: Purpose, index: number): number {
  const high = Math.floor(seed / 0x1_0000_0000);
  const salt = mix32(mix32(seed) + Math.imul(high, 0x9e3779b9) + purposes.indexOf(purpose) * 0x85ebca6b);
  return mix32(mix32(index) + salt);
}

export interface Random {
  /** Below 1. */
  readonly unit: () => number;
  /** A whole number from 0 up to, not including, `limit`. */
  readonly below: (limit: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(choices: readonly [T, ...T[]]) => T;
}

/** The sequence of a purpose and an index: any of them can be had without the ones before. */
export function random(seed: number, purpose: Purpose, index: number): Random {
  let state = hash32(seed, purpose, index);
  const unit = (): number => {
    state = (state + 0x9e3779b9) | 0;
    return mix32(state) / 0x1_0000_0000;
  };
  const below = (limit: number): number => Math.floor(unit() * limit);
  return {
    unit,
    below,
    chance: (probability) => unit() < probability,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
  };
}
