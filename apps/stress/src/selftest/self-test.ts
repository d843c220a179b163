import { type CaughtCorruptions, catchCorruptions } from "./catch-corruptions.ts";
import { type CrossCheck, crossCheck } from "./cross-check.ts";

export interface SelfTestInput {
  readonly seed: number;
  /** For the cross-check with the search through all orders. */
  readonly histories: number;
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}

/** Whether the checker can be believed. */
export interface SelfTest extends CaughtCorruptions {
  readonly crossCheck: CrossCheck;
  readonly passed: boolean;
}

/** Of every corruption, so many. */
const timesEach = 100;

/** Has the checker find anomalies that are known to be there, and compares it with a search that cannot be wrong. */
export async function selfTest(input: SelfTestInput): Promise<SelfTest> {
  const corruptions = await catchCorruptions({ seed: input.seed, times: timesEach, signal: input.signal });
  const crossed = await crossCheck({ ...input, enough: 5 });
  return {
    ...corruptions,
    crossCheck: crossed,
    passed: corruptions.misjudged.length === 0 && crossed.disagreements.length === 0,
  };
}
