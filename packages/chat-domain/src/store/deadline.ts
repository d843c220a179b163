import { onAbort } from "../concurrency/on-abort.ts";
import { Cancellation } from "../concurrency/timeout.ts";
import { ChatError, noAnswerWithin, unavailable } from "../errors/chat-error.ts";
import { isHintRefused, isTransient, isValidatorRefusal } from "../errors/mongo-errors.ts";
import { refusedAccess } from "./collection-access.ts";
import type { ChatStore } from "./chat-store.ts";
import { indexRefused } from "./key-index.ts";
import { isBsonError, undecodable } from "./undecodable.ts";

/**
 * Runs a verb's database work and answers in time, whatever the driver is still waiting for: its own timeouts bound
 * single steps (queue, selection, command), not their sum. What is abandoned may still take effect, which is safe
 * because every write of this package may be repeated.
 *
 * @param signal ends the wait as well, with its reason
 * @throws ChatError `UNAVAILABLE` after `ctx.deadlineMs`, or when the database cannot be asked
 */
export function withDeadline<T>(
  ctx: ChatStore,
  work: (cancellation: Cancellation) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancellation = new Cancellation();
    const giveUp = (reason: unknown): void => {
      cancellation.end(reason);
      reject(reason);
    };
    const timer = setTimeout(() => giveUp(noAnswerWithin(ctx.deadlineMs)), ctx.deadlineMs);
    if (signal?.aborted === true) giveUp(signal.reason);
    const stopListening = signal === undefined ? null : onAbort(signal, () => giveUp(signal.reason));
    const end = (): void => {
      clearTimeout(timer);
      stopListening?.();
    };
    const answer = (value: T): void => {
      end();
      resolve(value);
    };
    const fail = (error: unknown): void => {
      end();
      reject(callerError(ctx, error));
    };
    work(cancellation).then(answer, fail);
  });
}

/** Runs database work and rejects with what a caller can act on. */
export async function asCallerErrors<T>(ctx: ChatStore, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw callerError(ctx, error);
  }
}

/** What a caller can act on: "not now", no index, or the error itself. */
function callerError(ctx: ChatStore, error: unknown): unknown {
  if (isHintRefused(error)) {
    ctx.keyIndex.forget();
    return indexRefused(ctx.chats, ctx.model.chats.keyField, error);
  }
  if (isTransient(error)) return unavailable("the database did not answer in time; try again", error);
  if (isBsonError(error)) return undecodable(error);
  if (isValidatorRefusal(error)) return refusedByValidator(ctx, error);
  return refusedAccess(ctx.chats, error) ?? error;
}

/** The server's words may quote the document. */
function refusedByValidator({ chats, model }: ChatStore, cause: unknown): ChatError {
  const text =
    `the validator of ${chats.namespace} refuses a chat as onechat would write it: give new chats in set what it demands, ` +
    `and let it pass ${model.chats.keyField} and onechat's other fields`;
  return new ChatError("MODEL_MISMATCH", text, { cause });
}
