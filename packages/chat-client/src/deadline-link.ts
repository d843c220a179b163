import { TRPCClientError, type TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import type { AppRouter } from "./app-router.ts";

/** Timers take 32 bits and fire at once beyond; a deadline of 24 days and more is none. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Ends a call at its deadline or when its caller aborts it. The links below cannot: calls that share a request are
 * only aborted together, and waiting for the next attempt ignores the signal.
 */
export function deadlineLink(timeoutMs: number): TRPCLink<AppRouter> {
  return () =>
    ({ op, next }) =>
      observable((observer) => {
        const deadline = new AbortController();
        const signal = op.signal ? AbortSignal.any([op.signal, deadline.signal]) : deadline.signal;
        const timer =
          timeoutMs > longestTimerMs
            ? undefined
            : setTimeout(() => deadline.abort(timeoutError(timeoutMs)), timeoutMs);
        const refuse = (): void => observer.error(TRPCClientError.from(abortReason(signal)));
        if (signal.aborted) {
          clearTimeout(timer);
          return refuse();
        }
        signal.addEventListener("abort", refuse, { once: true });
        const subscription = next({ ...op, signal }).subscribe(observer);
        return () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", refuse);
          subscription.unsubscribe();
        };
      });
}

function timeoutError(timeoutMs: number): Error {
  return new DOMException(`no answer from the chat API within ${timeoutMs} ms`, "TimeoutError");
}

function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new DOMException("the call was aborted", "AbortError");
}
