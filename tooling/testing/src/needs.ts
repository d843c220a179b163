import type { TestOptions } from "vitest";

/** What a reporter can see of a test or a suite that is skipped. */
export interface SkippedMeta {
  /** Why the test, or everything in the suite, is skipped. */
  readonly skippedBecause?: string;
}

/**
 * Skips a test or a suite that needs what this machine does not have. The run's last lines give the reason, so it says
 * how to get what is missing; `null` says that nothing is.
 *
 * @example
 * describe("the page, in a browser", needs(chromium.missing), () => …);
 */
export function needs(missing: string | null): Pick<TestOptions, "skip" | "meta"> {
  const meta: SkippedMeta = missing === null ? {} : { skippedBecause: missing };
  return { skip: missing !== null, meta: meta as NonNullable<TestOptions["meta"]> };
}
