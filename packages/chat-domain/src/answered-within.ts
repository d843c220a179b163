import { noAnswerWithin } from "./driver-errors.ts";

/**
 * For work that many callers wait for: a driver that never answers must not stop them for good, nor those who come
 * after them.
 *
 * @throws ChatError `UNAVAILABLE` after so many milliseconds
 */
export function answeredWithin<T>(ms: number, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(noAnswerWithin(ms)), ms);
    work()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
