/** Makes writes wait until they are durable, and majority reads until what they show is. */
export interface DurabilityBarrier {
  /** Notes that a write is on its way to the engine; call the result when the engine has answered. */
  writeBegins(): () => void;
  /** Resolves once a journaled write that began after this call is acknowledged. */
  passed(): Promise<void>;
  /** Whether everything that the engine has answered, or is about to, is durable already. */
  isClean(): boolean;
}

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * The engine acknowledges a journaled write one flush too early. One more journaled write, begun after that
 * acknowledgement, is acknowledged only when the flush before it is on disk, and with it everything earlier.
 * All that wait while one such write is under way share the next.
 */
export function durabilityBarrier(writeJournaled: () => Promise<void>): DurabilityBarrier {
  let waiting: Waiter[] = [];
  let running = false;
  let inFlight = 0;
  let answered = 0;
  let durable = 0;

  async function run(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      const waiters = waiting;
      waiting = [];
      const covered = answered;
      try {
        await writeJournaled();
        durable = covered;
        for (const waiter of waiters) waiter.resolve();
      } catch (error) {
        for (const waiter of waiters) waiter.reject(error);
      }
    }
    running = false;
  }

  return {
    writeBegins() {
      inFlight += 1;
      return () => {
        inFlight -= 1;
        answered += 1;
      };
    },
    passed: () =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        if (!running) void run();
      }),
    isClean: () => inFlight === 0 && answered === durable,
  };
}
