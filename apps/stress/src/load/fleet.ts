import type { ProcessHealth } from "../history/history-line.ts";
import type { Route } from "../stores/open-store.ts";
import type { Offer, People } from "../stores/store.ts";
import type { RunClock } from "./clock.ts";
import { plainManner, type SeenOperation, type Share } from "./orders.ts";
import { startWorker, type WorkerProcess } from "./worker-process.ts";

export interface FleetSetting {
  readonly size: number;
  /** What the workers are called, with their number. */
  readonly name: string;
  readonly run: string;
  readonly epoch: string;
  readonly clock: RunClock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onOperations: (process: string, operations: readonly SeenOperation[]) => void;
}

export interface Released {
  /** The instant. */
  readonly at: number;
  readonly health: readonly ProcessHealth[];
}

/** Long enough for an order to reach every process before the instant that it names. */
const noticeNs = 12_000_000;

const nothingToDo: Share = { lanes: [], manner: plainManner };

/** All processes that make calls, and the barrier between them. */
export class Fleet implements AsyncDisposable {
  readonly #workers: readonly WorkerProcess[];
  readonly #clock: RunClock;
  #stopping = false;

  private constructor(workers: readonly WorkerProcess[], clock: RunClock) {
    this.#workers = workers;
    this.#clock = clock;
  }

  static async start({ size, name, run, epoch, clock, env, onOperations }: FleetSetting): Promise<Fleet> {
    const workers = Array.from({ length: size }, (_, index) =>
      startWorker({ name: `${name}${index + 1}`, env, onOperations }),
    );
    const fleet = new Fleet(workers, clock);
    await fleet.#all((worker) => worker.tell("begin", { process: worker.name, run }, epoch));
    return fleet;
  }

  get size(): number {
    return this.#workers.length;
  }

  /**
   * Opens a route in every process: `warm`, ready for calls that are measured, or as a process is that has just begun.
   * Resolves with what its store offers.
   */
  async open(name: string, route: Route, warm: boolean): Promise<readonly Offer[]> {
    const [offers = []] = await this.#all((worker) => worker.tell("open", name, route, warm));
    return offers;
  }

  async close(name: string): Promise<void> {
    await this.#all((worker) => worker.tell("close", name));
  }

  /** Makes each process's calls, all released at the same instant; resolves when the last one is answered. */
  async run(shares: readonly Share[]): Promise<Released> {
    this.#stopping = false;
    await this.#all((worker, index) => worker.tell("load", shares[index] ?? nothingToDo));
    const at = this.#clock.now() + noticeNs;
    // Told to stop while the calls were still on their way to the processes.
    if (this.#stopping) return { at, health: [] };
    return { at, health: await this.#all((worker) => worker.tell("release", at)) };
  }

  /** No new calls from now on; what is under way still ends. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#all((worker) => worker.tell("stop"));
  }

  /** All live ids of each set, asked for by the first process. */
  async audit(name: string, people: readonly People[]): Promise<readonly (readonly string[])[]> {
    return (await this.#workers[0]?.tell("audit", name, people)) ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker[Symbol.asyncDispose]()));
  }

  #all<T>(tell: (worker: WorkerProcess, index: number) => Promise<T>): Promise<T[]> {
    return Promise.all(this.#workers.map(tell));
  }
}
