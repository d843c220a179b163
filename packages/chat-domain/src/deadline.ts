import type { ChatContext } from "./chat-context.ts";
import { callerError, unavailable } from "./driver-errors.ts";

/**
 * Runs a verb's database work and answers in time, whatever the driver is still waiting for: its own timeouts bound
 * single steps (queue, selection, command), not their sum. What is abandoned may still take effect, which is safe
 * because every write of this package may be repeated.
 *
 * @throws ChatError `UNAVAILABLE` after `ctx.deadlineMs`, or when the database cannot be asked
 */
export async function withDeadline<T>(ctx: ChatContext, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(unavailable(`no answer from the database within ${ctx.deadlineMs} ms; try again`));
    }, ctx.deadlineMs);
  });
  try {
    return await Promise.race([work(), deadline]);
  } catch (error) {
    throw callerError(error);
  } finally {
    clearTimeout(timer);
  }
}
