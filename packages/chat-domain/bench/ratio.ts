/** How many times as large one thing is as another, measured in pairs. */
export interface Ratio {
  /** Median over the pairs. */
  readonly ratio: number;
  /** 95 % bootstrap interval of `ratio`. */
  readonly interval: readonly [number, number];
}

/** Compares within pairs only, so that what changes between pairs hits both sides alike. */
export function ratioOf(pairs: readonly (readonly [number, number])[]): Ratio {
  const logRatios = pairs.map(([one, other]) => Math.log(one / other));
  return { ratio: Math.exp(median(logRatios)), interval: bootstrapInterval(logRatios) };
}

export function ratioText({ ratio, interval: [low, high] }: Ratio): string {
  return `${ratio.toFixed(2)}   (${low.toFixed(2)}–${high.toFixed(2)})`;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function bootstrapInterval(values: readonly number[]): readonly [number, number] {
  const medians = Array.from({ length: 2_000 }, () =>
    median(values.map(() => values[Math.floor(Math.random() * values.length)] ?? Number.NaN)),
  ).toSorted((a, b) => a - b);
  return [Math.exp(medians[50] ?? Number.NaN), Math.exp(medians[1_949] ?? Number.NaN)];
}
