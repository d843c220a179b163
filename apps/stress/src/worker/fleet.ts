import type { Route } from "../paths/route.ts";
import type { Order, ProcessHealth, SeenOperation, Share } from "./orders.ts";
import type { RunClock } from "./run-clock.ts";
import { startWorker, type WorkerProcess } from "./worker-process.ts";

/** All processes that make calls, and the barrier between them. */
export interface Fleet extends AsyncDisposable {
  readonly size: number;
  /** Opens a route in every process, ready for calls that are measured. */
  openWarm(name: string, route: Route): Promise<void>;
  /** Opens a route in every process, as a process is that has just begun. */
  openCold(name: string, route: Route): Promise<void>;
  /** The routes that were opened cold and are open. */
  coldRoutes(): readonly Route[];
  close(name: string): Promise<void>;
  /** Makes each process's calls, all released at the same instant; resolves when the last one is answered. */
  run(shares: readonly Share[]): Promise<Released>;
  /** No new calls from now on; what is under way still ends. */
  stop(): Promise<void>;
}

export interface Released {
  /** The instant. */
  readonly at: number;
  readonly health: readonly ProcessHealth[];
}

export interface FleetSetting {
  readonly size: number;
  readonly epoch: string;
  readonly clock: RunClock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onOperations: (process: string, operations: readonly SeenOperation[]) => void;
}

/** Long enough for an order to reach every process before the instant that it names. */
const noticeNs = 12_000_000;

export async function startFleet({ size, epoch, clock, env, onOperations }: FleetSetting): Promise<Fleet> {
  const workers = Array.from({ length: size }, (_, index) =>
    startWorker({ name: `w${index + 1}`, env, onOperations }),
  );
  const all = (order: (worker: WorkerProcess, index: number) => Order): Promise<(ProcessHealth | null)[]> =>
    Promise.all(workers.map((worker, index) => worker.tell(order(worker, index))));
  await all(({ name }) => ({ order: "begin", process: name, epoch }));
  const cold = new Map<string, Route>();
  let stopping = false;
  return {
    size,
    openWarm: async (name, route) => void (await all(() => ({ order: "open", name, route, warm: true }))),
    async openCold(name, route) {
      await all(() => ({ order: "open", name, route, warm: false }));
      cold.set(name, route);
    },
    coldRoutes: () => [...cold.values()],
    async close(name) {
      cold.delete(name);
      await all(() => ({ order: "close", name }));
    },
    async run(shares) {
      stopping = false;
      await all((_, index) => ({ order: "load", share: shareOf(shares, index) }));
      const at = clock.now() + noticeNs;
      // Told to stop while the calls were still on their way to the processes.
      if (stopping) return { at, health: [] };
      const health = await all(() => ({ order: "release", at }));
      return { at, health: health.filter((own) => own !== null) };
    },
    async stop() {
      stopping = true;
      await all(() => ({ order: "stop" }));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
    },
  };
}

function shareOf(shares: readonly Share[], index: number): Share {
  const share = shares[index];
  if (share === undefined) throw new Error(`process ${index} has no share`);
  return share;
}
