import type { TRPCError } from "@trpc/server";
import type { LimitName } from "../limits/limit-settings.ts";

/** How a call of a procedure ended. */
export interface CallResult {
  readonly ok: boolean;
  readonly error?: TRPCError;
}

/** Runs a call and sees how it ends; what it gives back is what the call gave. */
export type AroundCall = <Result extends CallResult>(
  procedure: string,
  call: () => Promise<Result>,
) => Promise<Result>;

export interface Answer {
  readonly method: string;
  /** The route, not the path; `null` where there is none. */
  readonly route: string | null;
  readonly status: number;
}

/** Who watches the traffic: metrics, traces, or nobody. */
export interface TrafficObserver {
  readonly aroundCall: AroundCall;
  readonly answered: (answer: Answer) => void;
  readonly refused: (limit: LimitName) => void;
}

/** The observer of a server that nobody watches. */
export const noopObserver: TrafficObserver = {
  aroundCall: (_procedure, call) => call(),
  answered: () => undefined,
  refused: () => undefined,
};
