import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ProcessHealth } from "../history/history-line.ts";
import type { Route } from "../stores/open-store.ts";
import type { Offer, People } from "../stores/store.ts";
import type { RunClock } from "./clock.ts";
import { type Orders, plainManner, type Report, type SeenOperation, type Share } from "./orders.ts";

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

  static async start(setting: FleetSetting): Promise<Fleet> {
    const { size, name, run, epoch, clock } = setting;
    const workers = Array.from({ length: size }, (_, index) => startWorker(`${name}${index + 1}`, setting));
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

// The same file from the sources and from their build: the child runs plain JavaScript in both cases.
const program = fileURLToPath(new URL("../../dist/load/worker-main.js", import.meta.url));

/** A child that makes calls, as the harness sees it. */
interface WorkerProcess extends AsyncDisposable {
  readonly name: string;
  /** Resolves when the worker has done it. Rejects when it could not, or has died. */
  tell<K extends keyof Orders>(
    order: K,
    ...args: Parameters<Orders[K]>
  ): Promise<Awaited<ReturnType<Orders[K]>>>;
}

interface Waiting {
  readonly resolve: (reply: never) => void;
  readonly reject: (error: Error) => void;
}

function startWorker(name: string, { env, onOperations }: FleetSetting): WorkerProcess {
  // A group of its own: Ctrl-C in a terminal is for the harness, which ends its workers when their calls are noted.
  const child = spawn(process.execPath, [program], {
    env,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    detached: true,
  });
  const waiting = new Map<number, Waiting>();
  let orders = 0;
  child.on("message", (report: Report) => {
    if (report.report === "seen") return onOperations(name, report.operations);
    const asked = waiting.get(report.number);
    waiting.delete(report.number);
    if (report.report === "done") asked?.resolve(report.reply as never);
    else asked?.reject(new Error(report.message));
  });
  const ended = once(child, "exit");
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`worker ${name} has died`));
    return waiting.clear();
  });
  return {
    name,
    tell: (order, ...args) =>
      new Promise((resolve, reject) => {
        orders += 1;
        if (!child.connected) return reject(new Error(`worker ${name} has died`));
        waiting.set(orders, { resolve, reject });
        child.send({ number: orders, order, args });
      }),
    [Symbol.asyncDispose]: () => endOf(child, ended),
  };
}

async function endOf(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.connected) child.disconnect();
  const impatience = setTimeout(() => child.kill("SIGKILL"), 2_000);
  await ended;
  clearTimeout(impatience);
}
