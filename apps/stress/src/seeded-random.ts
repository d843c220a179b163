/** A sequence that a seed and a purpose decide: one more draw for one purpose moves nothing in another. */
export interface SeededRandom {
  /** Below 1. */
  readonly unit: () => number;
  /** A whole number from 0 up to, not including, `limit`. */
  readonly below: (limit: number) => number;
}

export function seededRandom(seed: number, purpose: string): SeededRandom {
  let state = startOf(seed, purpose);
  const unit = (): number => {
    state = (state + 0x9e3779b9) | 0;
    return mix32(state) / 0x1_0000_0000;
  };
  return { unit, below: (limit) => Math.floor(unit() * limit) };
}

/** Both halves of a seed count, so that seeds above 2³² differ too. */
function startOf(seed: number, purpose: string): number {
  const high = Math.floor(seed / 0x1_0000_0000);
  let mixed = mix32(mix32(seed) + Math.imul(high, 0x9e3779b9));
  for (const character of purpose) mixed = mix32(mixed ^ (character.codePointAt(0) ?? 0));
  return mixed;
}

/** A bijection of 32-bit numbers that leaves no pattern. */
function mix32(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x21f0aaad);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
