import type { OpenStore } from "../variants/chat-store.ts";

/** A variant that keeps its own bound never gets there, not even on a machine that is several times too slow. */
const overtime = 5;

/**
 * The same store for callers who do not wait for ever: a call that has hung for several times as long as calls may take
 * is given up with a `TimeoutError`, and what became of it is unknown. A variant that hangs would else hold up the run
 * that is to find it.
 */
export function boundedStore(store: OpenStore, timeoutMs: number): OpenStore {
  const boundMs = overtime * timeoutMs;
  return {
    ensure: (people) => within(boundMs, store.ensure(people)),
    find: (people) => within(boundMs, store.find(people)),
    resolve: (id, people) => within(boundMs, store.resolve(id, people)),
    prepare: (callers) => store.prepare(callers),
    warmUp: () => within(boundMs, store.warmUp()).catch(() => undefined),
    writesSent: () => store.writesSent(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

async function within<T>(boundMs: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DOMException(`there was no answer within ${boundMs} ms`, "TimeoutError")),
      boundMs,
    );
  });
  try {
    return await Promise.race([answer, bound]);
  } finally {
    clearTimeout(timer);
  }
}
