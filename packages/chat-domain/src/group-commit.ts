import { answeredWithin } from "./answered-within.ts";
import { unavailable } from "./driver-errors.ts";
import type { Wait } from "./wait.ts";

/** How much may be under way and how much may wait; nothing is unbounded. */
export interface GroupCommitLimits {
  /** Different keys in one batch. */
  readonly maxBatch: number;
  /** Keys that wait are shared among the free flights as long as each gets so many. */
  readonly minShare: number;
  /** Batches on their way at once. */
  readonly maxFlights: number;
  /** Milliseconds after which a batch is given up, whatever its driver still waits for. */
  readonly maxFlightMs: number;
  /** Calls that wait for a batch to leave. */
  readonly maxWaiting: number;
  /** How many wait elsewhere for what began here: they count as well. */
  readonly waitingElsewhere: () => number;
}

export interface GroupCall<Request> {
  /** Calls with the same key are answered together, by the request of the first of them. */
  readonly key: string;
  readonly request: Request;
  /** Its end releases this caller alone; what is on its way for others goes on. */
  readonly wait: Wait;
}

/** What a caller gets; of those that share an outcome exactly one is the `first`. */
export interface Shared<Outcome> {
  readonly outcome: Outcome;
  readonly first: boolean;
}

/**
 * Answers every request of a batch, in order; rejects when the whole batch failed. It is told how many other batches
 * are under way.
 */
export type RunBatch<Request, Outcome> = (
  requests: readonly Request[],
  others: number,
) => Promise<readonly PromiseSettledResult<Outcome>[]>;

interface Caller<Outcome> {
  readonly resolve: (shared: Shared<Outcome>) => void;
  readonly reject: (error: unknown) => void;
}

/** The callers of one key that wait for, or are in, the same batch. */
interface Group<Request, Outcome> {
  readonly request: Request;
  readonly callers: Set<Caller<Outcome>>;
}

/**
 * Calls made while others are under way leave together in the next batch; a call that finds a free flight leaves at
 * the end of this turn of the event loop, and nothing waits on a timer.
 *
 * A call never joins a batch that has left: its answer would rest on what was read before it was asked, and might name
 * a chat that was merged into another in between.
 */
export class GroupCommit<Request, Outcome> {
  readonly #limits: GroupCommitLimits;
  readonly #run: RunBatch<Request, Outcome>;
  #groups: Map<string, Group<Request, Outcome>> = new Map();
  #waiting = 0;
  #flights = 0;
  #departing = false;

  constructor(limits: GroupCommitLimits, run: RunBatch<Request, Outcome>) {
    this.#limits = limits;
    this.#run = run;
  }

  /**
   * @throws ChatError `UNAVAILABLE` when too many calls are waiting
   * @throws the wait's reason once it is over, and whatever the batch failed with for this request
   */
  call({ key, request, wait }: GroupCall<Request>): Promise<Shared<Outcome>> {
    return new Promise((resolve, reject) => {
      wait.throwIfOver();
      if (this.#isFull()) throw unavailable("too many calls are waiting; try again later");
      const caller = { resolve, reject };
      const group = this.#join(key, request, caller);
      wait.onEnd((reason) => {
        this.#release(key, group, caller);
        reject(reason);
      });
    });
  }

  /** Calls that wait for a batch to leave. */
  get waiting(): number {
    return this.#waiting;
  }

  #isFull(): boolean {
    return this.#waiting + this.#limits.waitingElsewhere() >= this.#limits.maxWaiting;
  }

  #join(key: string, request: Request, caller: Caller<Outcome>): Group<Request, Outcome> {
    const group = this.#groups.get(key) ?? { request, callers: new Set() };
    group.callers.add(caller);
    this.#groups.set(key, group);
    this.#waiting += 1;
    this.#depart();
    return group;
  }

  #release(key: string, group: Group<Request, Outcome>, caller: Caller<Outcome>): void {
    const isWaiting = this.#groups.get(key) === group;
    if (!group.callers.delete(caller) || !isWaiting) return;
    this.#waiting -= 1;
    if (group.callers.size === 0) this.#groups.delete(key);
  }

  /** At the end of this turn of the event loop: requests that arrive in one turn leave together. */
  #depart(): void {
    if (this.#departing || !this.#mayDepart()) return;
    this.#departing = true;
    setImmediate(() => {
      this.#departing = false;
      while (this.#mayDepart()) void this.#fly(this.#nextBatch());
    });
  }

  #mayDepart(): boolean {
    return this.#flights < this.#limits.maxFlights && this.#groups.size > 0;
  }

  #nextBatch(): readonly Group<Request, Outcome>[] {
    const waiting = [...this.#groups];
    const size = this.#batchSize(waiting.length);
    // A new Map instead of deletions: for the collector, what a Map has let go of hangs together with what comes later.
    this.#groups = new Map(waiting.slice(size));
    const batch = waiting.slice(0, size).map(([, group]) => group);
    for (const { callers } of batch) this.#waiting -= callers.size;
    return batch;
  }

  /** One batch is under way while the answers of another are read. */
  #batchSize(waiting: number): number {
    const { maxBatch, maxFlights, minShare } = this.#limits;
    const flights = Math.min(maxFlights - this.#flights, Math.floor(waiting / minShare));
    return Math.min(maxBatch, Math.ceil(waiting / Math.max(1, flights)));
  }

  async #fly(batch: readonly Group<Request, Outcome>[]): Promise<void> {
    const others = this.#flights;
    this.#flights += 1;
    try {
      const requests = batch.map(({ request }) => request);
      const outcomes = await answeredWithin(this.#limits.maxFlightMs, () => this.#run(requests, others));
      for (const [index, { callers }] of batch.entries()) answer(callers, outcomes[index]);
    } catch (error) {
      for (const { callers } of batch) for (const caller of callers) caller.reject(error);
    } finally {
      this.#flights -= 1;
      this.#depart();
    }
  }
}

/** The first that still waits is told so. */
function answer<Outcome>(
  callers: ReadonlySet<Caller<Outcome>>,
  settled: PromiseSettledResult<Outcome> | undefined,
): void {
  let first = true;
  for (const caller of callers) {
    if (settled?.status === "fulfilled") caller.resolve({ outcome: settled.value, first });
    else
      caller.reject(
        settled === undefined ? new Error("a batch left a request without an answer") : settled.reason,
      );
    first = false;
  }
}
