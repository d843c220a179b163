import type { Caller } from "./caller.ts";

/** Whom a token names, and until when it says so, in seconds since 1970. */
export interface VerifiedToken {
  readonly caller: Caller;
  readonly expires: number;
}

export interface VerifiedTokensOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How many are remembered; the oldest go first. */
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
  const known = new Map<string, { readonly caller: Caller; readonly until: number }>();
  return async (token) => {
    const remembered = known.get(token);
    if (remembered !== undefined && now() < remembered.until) return remembered.caller;
    const { caller, expires } = await verify(token);
    known.delete(token);
    known.set(token, { caller, until: Math.min(expires * 1_000 - marginMs, now() + longestMs) });
    const [oldest] = known.keys();
    if (known.size > max && oldest !== undefined) known.delete(oldest);
    return caller;
  };
}
