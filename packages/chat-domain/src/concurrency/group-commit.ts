import { unavailable } from "../errors/chat-error.ts";
import { KeyedQueue } from "./keyed-queue.ts";
import { answeredWithin, type Wait } from "./timeout.ts";

/** How much may be under way and how much may wait; nothing is unbounded. */
export interface GroupCommitLimits {
  /** Different keys in one batch. */
  readonly maxBatch: number;
  /** Keys that wait are shared among the free flights if each gets so many now; fewer leave in one batch. */
  readonly minShare: () => number;
  /** Batches on their way at once. */
  readonly maxFlights: number;
  /** Milliseconds after which a batch is given up, whatever its driver still waits for. */
  readonly maxFlightMs: number;
  /** Calls that wait for a batch to leave. */
  readonly maxWaiting: number;
}

export interface GroupCall<Request> {
  /** Calls with the same key are answered together, by the request of the first of them. */
  readonly key: string;
  readonly request: Request;
  /** Its end releases this caller alone; what is on its way for others goes on. */
  readonly wait: Wait;
  /** It was let in before and is not turned away half-way. */
  readonly isAdmitted: boolean;
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

interface Flight {
  readonly keys: ReadonlySet<string>;
  readonly callers: number;
  /** Resolves when everybody in it is answered; never rejects. */
  readonly landed: Promise<void>;
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
  readonly #waitingElsewhere: () => number;
  readonly #groups = new KeyedQueue<Group<Request, Outcome>>();
  readonly #flights = new Set<Flight>();
  #waiting = 0;
  #departing = false;

  /** @param waitingElsewhere how many wait where calls go from here: they count as waiting */
  constructor(
    limits: GroupCommitLimits,
    run: RunBatch<Request, Outcome>,
    waitingElsewhere: () => number = () => 0,
  ) {
    this.#limits = limits;
    this.#run = run;
    this.#waitingElsewhere = waitingElsewhere;
  }

  /**
   * @throws ChatError `UNAVAILABLE` when too many calls are waiting
   * @throws the wait's reason once it is over, and whatever the batch failed with for this request
   */
  call({ key, request, wait, isAdmitted }: GroupCall<Request>): Promise<Shared<Outcome>> {
    return new Promise((resolve, reject) => {
      wait.throwIfOver();
      if (!isAdmitted && this.#isFull()) throw unavailable("too many calls are waiting; try again later");
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

  /** Calls whose batch is under way. */
  get aboard(): number {
    let callers = 0;
    for (const flight of this.#flights) callers += flight.callers;
    return callers;
  }

  /** Resolves when the batch is over that has left with this key; `null` when none has. */
  landing(key: string): Promise<void> | null {
    for (const { keys, landed } of this.#flights) if (keys.has(key)) return landed;
    return null;
  }

  #isFull(): boolean {
    return this.#waiting + this.#waitingElsewhere() >= this.#limits.maxWaiting;
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
      while (this.#mayDepart()) void this.#fly(this.#groups.take(this.#batchSize()));
    });
  }

  #mayDepart(): boolean {
    return this.#flights.size < this.#limits.maxFlights && this.#groups.size > 0;
  }

  /** Large queues share what is free: one batch is under way while the answers of another are read. */
  #batchSize(): number {
    const { maxBatch, maxFlights, minShare } = this.#limits;
    const waiting = this.#groups.size;
    const shares = Math.min(maxFlights - this.#flights.size, Math.floor(waiting / minShare()));
    return Math.min(maxBatch, Math.ceil(waiting / Math.max(1, shares)));
  }

  async #fly(batch: readonly (readonly [string, Group<Request, Outcome>])[]): Promise<void> {
    const groups = batch.map(([, group]) => group);
    const callers = groups.reduce((sum, group) => sum + group.callers.size, 0);
    this.#waiting -= callers;
    const landed = this.#answered(groups, this.#flights.size);
    const flight = { keys: new Set(batch.map(([key]) => key)), callers, landed };
    this.#flights.add(flight);
    await landed;
    this.#flights.delete(flight);
    this.#depart();
  }

  async #answered(groups: readonly Group<Request, Outcome>[], others: number): Promise<void> {
    try {
      const requests = groups.map(({ request }) => request);
      const outcomes = await answeredWithin(this.#limits.maxFlightMs, () => this.#run(requests, others));
      for (const [index, { callers }] of groups.entries()) answer(callers, outcomes[index]);
    } catch (error) {
      for (const { callers } of groups) for (const caller of callers) caller.reject(error);
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
