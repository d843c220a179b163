import type { ChatContext } from "./chat-context.ts";
import { isHintRefused, isTransient, unavailable } from "./driver-errors.ts";
import { indexMissing } from "./index-missing.ts";

/**
 * Runs a verb's database work and answers in time, whatever the driver is still waiting for: its own timeouts bound
 * single steps (queue, selection, command), not their sum. What is abandoned may still take effect, which is safe
 * because every write of this package may be repeated.
 *
 * @param given aborts the wait as well, with its reason
 * @throws ChatError `UNAVAILABLE` after `ctx.deadlineMs`, or when the database cannot be asked
 */
export async function withDeadline<T>(
  ctx: ChatContext,
  work: (signal: AbortSignal) => Promise<T>,
  given?: AbortSignal,
): Promise<T> {
  const ended = new AbortController();
  const abort = (): void => ended.abort(given?.reason);
  const timer = setTimeout(() => {
    ended.abort(unavailable(`no answer from the database within ${ctx.deadlineMs} ms; try again`));
  }, ctx.deadlineMs);
  given?.addEventListener("abort", abort, { once: true });
  if (given?.aborted === true) abort();
  try {
    return await asCallerErrors(ctx, () => Promise.race([work(ended.signal), aborted(ended.signal)]));
  } finally {
    clearTimeout(timer);
    given?.removeEventListener("abort", abort);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Runs database work and rejects with what a caller can act on: "not now", no index, or the error itself. */
export async function asCallerErrors<T>(ctx: ChatContext, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isHintRefused(error)) {
      ctx.keyIndex.forget();
      throw indexMissing(ctx.chats, "cannot be used", error);
    }
    throw isTransient(error) ? unavailable("the database did not answer in time; try again", error) : error;
  }
}
