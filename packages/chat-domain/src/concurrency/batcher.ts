import { unavailable } from "../errors/chat-error.ts";
import { KeyedQueue } from "./keyed-queue.ts";
import { withTimeout, type Cancellation } from "./timeout.ts";

/** How much may be in flight and how much may wait; nothing is unbounded. */
export interface BatcherLimits {
  /** Different keys in one batch. */
  readonly maxBatchSize: number;
  /** Keys that wait are shared among the batches that may go out now, if each gets so many; fewer go out in one. */
  readonly minKeysPerBatch: () => number;
  /** Batches in flight at once. */
  readonly maxConcurrentBatches: number;
  /** Milliseconds after which a batch is given up, whatever its driver still waits for. */
  readonly batchTimeoutMs: number;
  /** Calls that wait for their batch to go out. */
  readonly maxPending: number;
}

export interface BatchCall<Request> {
  /** Calls with the same key are answered together, by the request of the first of them. */
  readonly key: string;
  readonly request: Request;
  /** Its end releases this caller alone; what is in flight for others goes on. */
  readonly cancellation: Cancellation;
  /** It was let in before and is not turned away half-way. */
  readonly skipLimit: boolean;
}

/** What a caller gets; of those that share an outcome exactly one `isFirst`. */
export interface Shared<Outcome> {
  readonly outcome: Outcome;
  readonly isFirst: boolean;
}

/**
 * Answers every request of a batch, in order; rejects when the whole batch failed. It is told how many other batches
 * are in flight.
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
  readonly callers: Caller<Outcome>[];
}

interface BatchInFlight {
  readonly keys: ReadonlySet<string>;
  readonly callers: number;
  /** Resolves when everybody in it is answered; never rejects. */
  readonly done: Promise<void>;
}

/**
 * Calls made while others are in flight go out together in the next batch; while fewer batches are in flight than may
 * be, a call goes out at the end of this turn of the event loop, and nothing waits on a timer.
 *
 * A call never joins a batch that has gone out: its answer would rest on what was read before it was asked, and might
 * name a chat that was merged into another in between.
 */
export class Batcher<Request, Outcome> {
  readonly #limits: BatcherLimits;
  readonly #run: RunBatch<Request, Outcome>;
  readonly #waitingElsewhere: () => number;
  readonly #shareOf: (request: Request) => number;
  readonly #groups = new KeyedQueue<Group<Request, Outcome>>();
  readonly #batches = new Set<BatchInFlight>();
  #waiting = 0;
  #isScheduled = false;

  /**
   * @param waitingElsewhere how many wait where calls go from here: they count as waiting
   * @param shareOf how much of a batch a request fills by its work, however few requests there are: 1 is all of it
   */
  constructor(
    limits: BatcherLimits,
    run: RunBatch<Request, Outcome>,
    waitingElsewhere: () => number = () => 0,
    shareOf: (request: Request) => number = () => 0,
  ) {
    this.#limits = limits;
    this.#run = run;
    this.#waitingElsewhere = waitingElsewhere;
    this.#shareOf = shareOf;
  }

  /**
   * @throws ChatError `UNAVAILABLE` when too many calls are waiting
   * @throws the reason of the cancellation once there is one, and whatever the batch failed with for this request
   */
  call({ key, request, cancellation, skipLimit }: BatchCall<Request>): Promise<Shared<Outcome>> {
    return new Promise((resolve, reject) => {
      cancellation.throwIfOver();
      if (!skipLimit) this.refuseWhenFull();
      const caller = { resolve, reject };
      const group = this.#join(key, request, caller);
      cancellation.onEnd((reason) => {
        this.#release(key, group, caller);
        reject(reason);
      });
    });
  }

  /** @throws ChatError `UNAVAILABLE` when too many calls are waiting */
  refuseWhenFull(): void {
    if (this.#isFull()) throw withoutStack(() => unavailable("too many calls are waiting; try again later"));
  }

  /** Calls that wait for their batch to go out. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Calls whose batch is in flight. */
  get inFlight(): number {
    let calls = 0;
    for (const { callers } of this.#batches) calls += callers;
    return calls;
  }

  /** Resolves when the batch in flight with this key is done; `null` when there is none. */
  whenDone(key: string): Promise<void> | null {
    for (const { keys, done } of this.#batches) if (keys.has(key)) return done;
    return null;
  }

  #isFull(): boolean {
    return this.#waiting + this.#waitingElsewhere() >= this.#limits.maxPending;
  }

  #join(key: string, request: Request, caller: Caller<Outcome>): Group<Request, Outcome> {
    const group = this.#groups.get(key) ?? { request, callers: [] };
    group.callers.push(caller);
    this.#groups.set(key, group);
    this.#waiting += 1;
    this.#schedule();
    return group;
  }

  #release(key: string, group: Group<Request, Outcome>, caller: Caller<Outcome>): void {
    const isWaiting = this.#groups.get(key) === group;
    const place = group.callers.indexOf(caller);
    if (place === -1) return;
    group.callers.splice(place, 1);
    if (!isWaiting) return;
    this.#waiting -= 1;
    if (group.callers.length === 0) this.#groups.delete(key);
  }

  /** At the end of this turn of the event loop: requests that arrive in one turn go out together. */
  #schedule(): void {
    if (this.#isScheduled || !this.#mayDispatch()) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      while (this.#mayDispatch()) void this.#dispatch(this.#groups.take(this.#batchSize(), this.#whatFits()));
    });
  }

  #mayDispatch(): boolean {
    return this.#batches.size < this.#limits.maxConcurrentBatches && this.#groups.size > 0;
  }

  /** Long queues are shared among batches: one is in flight while the answers of another are read. */
  #batchSize(): number {
    const { maxBatchSize, maxConcurrentBatches, minKeysPerBatch } = this.#limits;
    const waiting = this.#groups.size;
    const shares = Math.min(
      maxConcurrentBatches - this.#batches.size,
      Math.floor(waiting / minKeysPerBatch()),
    );
    return Math.min(maxBatchSize, Math.ceil(waiting / Math.max(1, shares)));
  }

  /** Told one after the other, what still fits into a batch; the first does, whatever its work. */
  #whatFits(): (group: Group<Request, Outcome>) => boolean {
    let filled = 0;
    return ({ request }) => {
      const isFirst = filled === 0;
      filled += Math.max(this.#shareOf(request), Number.EPSILON);
      return isFirst || filled <= 1;
    };
  }

  async #dispatch(entries: readonly (readonly [string, Group<Request, Outcome>])[]): Promise<void> {
    const groups = entries.map(([, group]) => group);
    const callers = groups.reduce((sum, group) => sum + group.callers.length, 0);
    this.#waiting -= callers;
    const done = this.#answered(groups, this.#batches.size);
    const inFlight = { keys: new Set(entries.map(([key]) => key)), callers, done };
    this.#batches.add(inFlight);
    await done;
    this.#batches.delete(inFlight);
    this.#schedule();
  }

  async #answered(groups: readonly Group<Request, Outcome>[], others: number): Promise<void> {
    try {
      const requests = groups.map(({ request }) => request);
      const outcomes = await withTimeout(this.#limits.batchTimeoutMs, () => this.#run(requests, others));
      for (const [index, { callers }] of groups.entries()) answer(callers, outcomes[index]);
    } catch (error) {
      for (const { callers } of groups) for (const caller of callers) caller.reject(error);
    }
  }
}

/** The first that still waits is told so. */
function answer<Outcome>(
  callers: readonly Caller<Outcome>[],
  settled: PromiseSettledResult<Outcome> | undefined,
): void {
  let isFirst = true;
  for (const caller of callers) {
    if (settled?.status === "fulfilled") caller.resolve({ outcome: settled.value, isFirst });
    else
      caller.reject(
        settled === undefined ? new Error("a batch left a request without an answer") : settled.reason,
      );
    isFirst = false;
  }
}

/** To look where it came from costs most of a refusal, which all come from one place. */
function withoutStack(make: () => Error): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
