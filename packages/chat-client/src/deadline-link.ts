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
        const ended = new AbortController();
        const end = (reason: Error): void => {
          observer.error(TRPCClientError.from(reason));
          ended.abort(reason);
        };
        const abort = (): void => end(abortReason(op.signal));
        if (op.signal?.aborted) return abort();
        const timer =
          timeoutMs > longestTimerMs ? undefined : setTimeout(() => end(timeoutError(timeoutMs)), timeoutMs);
        op.signal?.addEventListener("abort", abort, { once: true });
        const subscription = next({ ...op, signal: ended.signal }).subscribe(observer);
        return () => {
          clearTimeout(timer);
          op.signal?.removeEventListener("abort", abort);
          subscription.unsubscribe();
        };
      });
}

function timeoutError(timeoutMs: number): Error {
  return named("TimeoutError", `no answer from the chat API within ${timeoutMs} ms`);
}

function abortReason(signal: AbortSignal | null | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : named("AbortError", "the call was aborted");
}

/** What a `DOMException` of the name would be; React Native has none. */
function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
