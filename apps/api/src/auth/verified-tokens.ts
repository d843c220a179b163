import { LRUCache } from "lru-cache";
import type { Caller } from "./caller.ts";

/** Whom a token names, and until when it says so, in seconds since 1970. */
export interface VerifiedToken {
  readonly caller: Caller;
  readonly expires: number;
}

export interface VerifiedTokensOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How many are remembered; those that were not used for longest go first. */
  readonly max: number;
}

/** Longest time in which a withdrawn key or secret still opens, in milliseconds. */
const longestMs = 60_000;
/** Tokens are looked at anew shortly before they expire, so that none is taken for longer than it says. */
const marginMs = 5_000;

/** Verifies a token once a minute at most, instead of with every request. */
export function rememberVerified(
  verify: (token: string) => Promise<VerifiedToken>,
  { now, max }: VerifiedTokensOptions,
): (token: string) => Promise<Caller> {
  // At a resolution of 0 the cache looks at the clock each time, and sets no timer of its own.
  const known = new LRUCache<string, Caller>({ max, perf: { now }, ttlResolution: 0 });
  return async (token) => {
    const remembered = known.get(token);
    if (remembered !== undefined) return remembered;
    const { caller, expires } = await verify(token);
    const leftMs = Math.min(Math.floor(expires * 1_000) - marginMs - now(), longestMs);
    // The cache gives an entry away at its last millisecond as well, and keeps one with a time of 0 for ever.
    if (leftMs > 1) known.set(token, caller, { ttl: leftMs - 1 });
    return caller;
  };
}
