import { setTimeout as sleep } from "node:timers/promises";
import { machineLoad } from "./machine-load.ts";

export interface UntilOptions {
  /** After so many milliseconds it will not come any more, on the slowest machine; 60,000 unless told. */
  readonly withinMs?: number;
  /** Milliseconds from one try to the next; 20 unless told. */
  readonly everyMs?: number;
}

/** What a condition may give as long as it is not met. */
type NotYet = false | null | undefined;

/**
 * Waits for a condition instead of for a time, and gives what met it. It is tried again as long as it gives `false`,
 * `null` or `undefined`, throws, or rejects; when time is up it has one more try, as the machine may have slept.
 *
 * @throws Error that says what was waited for, for how long, how busy the machine was, and what was wrong last.
 * @example
 * const ready = await until("the API to be ready", async () => (await fetch(url)).ok);
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  { withinMs = 60_000, everyMs = 20 }: UntilOptions = {},
): Promise<Exclude<T, NotYet>> {
  const start = performance.now();
  for (;;) {
    const elapsed = performance.now() - start;
    const outcome = await tryOnce(condition, Math.max(withinMs - elapsed, graceMs));
    if (outcome.met) return outcome.value;
    if (elapsed >= withinMs) throw new Error(complaint(what, elapsed, outcome), { cause: outcome.error });
    await sleep(everyMs);
  }
}

/** For the last try, which begins when there is no time left. */
const graceMs = 1_000;

type Outcome<T> =
  | { readonly met: true; readonly value: Exclude<T, NotYet> }
  | { readonly met: false; readonly last: string; readonly error?: unknown };

/** A condition that does not even answer is not met either. */
async function tryOnce<T>(condition: () => T | Promise<T>, answerMs: number): Promise<Outcome<T>> {
  const given = new AbortController();
  const silence = sleep(answerMs, { met: false, last: "there was no answer" } as const, {
    signal: given.signal,
  });
  try {
    return await Promise.race([asOutcome(condition), silence]);
  } finally {
    given.abort();
  }
}

async function asOutcome<T>(condition: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    const value = await condition();
    if (isMet(value)) return { met: true, value };
    return { met: false, last: `it was ${String(value)}` };
  } catch (error) {
    return { met: false, last: error instanceof Error ? error.message : String(error), error };
  }
}

function isMet<T>(value: T): value is Exclude<T, NotYet> {
  return value !== false && value !== null && value !== undefined;
}

function complaint(what: string, elapsed: number, { last }: { readonly last: string }): string {
  return `waited ${(elapsed / 1_000).toFixed(1)} s for ${what}; ${machineLoad()}; last: ${last}`;
}
