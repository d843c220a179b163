import { describe, expect, it } from "vitest";
import { type Pair, ratioEstimate } from "../../src/measure/statistics.ts";
import { seededRandom } from "../../src/seeded-random.ts";

/** Rounds of a noisy machine: what slows one side of a round slows the other too, and some blocks go wild. */
function rounds(count: number, ratio: number, seed: number): readonly Pair[] {
  const random = seededRandom(seed, "rounds of a test");
  return Array.from({ length: count }, () => {
    const machine = 1 + random.unit() * 2;
    const block = (): number => 1 + (random.unit() - 0.5) * 0.1 + (random.unit() < 0.1 ? 0.5 : 0);
    return [machine * ratio * block(), machine * block()];
  });
}

describe("the ratio of two variants", () => {
  it("is exact where nothing varies", () => {
    const pairs = Array.from({ length: 10 }, (): Pair => [3, 2]);
    const { estimate, low, high, rounds: count } = ratioEstimate(pairs, 1) ?? {};
    expect([estimate, low, high].map((value) => value?.toFixed(12))).toEqual(Array(3).fill("1.500000000000"));
    expect(count).toBe(10);
  });

  it("finds a difference of ten percent in twenty-four rounds of a noisy machine", () => {
    const ratio = ratioEstimate(rounds(24, 1.1, 5), 1);
    expect(ratio?.low).toBeGreaterThan(1);
    expect(ratio?.low).toBeLessThan(1.1);
    expect(ratio?.high).toBeGreaterThan(1.1);
  });

  it("covers the truth in about 95 of 100 runs, with the same thing on both sides too", () => {
    const covered = Array.from({ length: 100 }, (_, run) => {
      const { low, high } = ratioEstimate(rounds(24, 1, run), run) ?? {};
      return (low ?? Number.NaN) <= 1 && 1 <= (high ?? Number.NaN);
    }).filter(Boolean).length;
    expect(covered).toBeGreaterThan(88);
    expect(covered).toBeLessThan(100);
  });

  it("is turned upside down with its sides", () => {
    const pairs = rounds(15, 1.3, 2);
    const swapped = pairs.map(([one, other]): Pair => [other, one]);
    const ratio = ratioEstimate(pairs, 1)?.estimate ?? Number.NaN;
    expect(ratioEstimate(swapped, 1)?.estimate).toBeCloseTo(1 / ratio, 12);
  });

  it("is the same again with the same seed", () => {
    expect(ratioEstimate(rounds(24, 1, 3), 4)).toEqual(ratioEstimate(rounds(24, 1, 3), 4));
  });

  it("has no interval with fewer than six rounds, which could not cover the median", () => {
    expect(ratioEstimate(rounds(5, 1, 1), 1)).toMatchObject({ low: null, high: null, rounds: 5 });
    expect(ratioEstimate(rounds(6, 1, 1), 1)?.low).not.toBeNull();
  });

  it("leaves out rounds in which a side was not measured, and is nothing without any other", () => {
    const unmeasured: readonly Pair[] = [
      [Number.NaN, 1],
      [1, 0],
      [Number.POSITIVE_INFINITY, 1],
      [-1, 1],
    ];
    expect(ratioEstimate([...unmeasured, [2, 1]], 1)).toMatchObject({ estimate: 2, rounds: 1 });
    expect(ratioEstimate(unmeasured, 1)).toBeNull();
    expect(ratioEstimate([], 1)).toBeNull();
  });
});

describe("a seeded sequence", () => {
  const draws = (seed: number, purpose: string): readonly number[] => {
    const random = seededRandom(seed, purpose);
    return Array.from({ length: 1_000 }, () => random.below(10));
  };

  it("is decided by seed and purpose, also by what of a seed is above 32 bits", () => {
    expect(draws(1, "plan")).toEqual(draws(1, "plan"));
    expect(draws(1, "plan")).not.toEqual(draws(2, "plan"));
    expect(draws(1, "plan")).not.toEqual(draws(1, "order"));
    expect(draws(1, "plan")).not.toEqual(draws(1 + 2 ** 32, "plan"));
  });

  it("gives every value about as often", () => {
    for (const value of Array.from({ length: 10 }, (_, digit) => digit)) {
      const times = draws(7, "plan").filter((draw) => draw === value).length;
      expect(times).toBeGreaterThan(60);
      expect(times).toBeLessThan(140);
    }
  });
});
