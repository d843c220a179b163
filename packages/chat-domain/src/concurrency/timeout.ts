import { noAnswerWithin } from "../errors/chat-error.ts";

/**
 * For work that many callers wait for: a driver that never answers must not stop them for good, nor those who come
 * after them.
 *
 * @throws ChatError `UNAVAILABLE` after so many milliseconds
 */
export function withTimeout<T>(ms: number, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(noAnswerWithin(ms)), ms);
    work()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

/**
 * A caller's waiting, which ends at its deadline or when the caller itself gives up. An AbortSignal says as much, but
 * one for each call costs more than the queue and the deadline together.
 */
export class Cancellation {
  #over: { readonly reason: unknown } | null = null;
  #listener: ((reason: unknown) => void) | null = null;

  /** The caller waits no more; only the first reason counts. */
  end(reason: unknown): void {
    if (this.#over !== null) return;
    this.#over = { reason };
    this.#listener?.(reason);
  }

  throwIfOver(): void {
    if (this.#over !== null) throw this.#over.reason;
  }

  /** Whom to tell, once; who asked before is told no more. */
  onEnd(listener: (reason: unknown) => void): void {
    this.#listener = listener;
  }
}
