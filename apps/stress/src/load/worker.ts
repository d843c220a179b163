import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { group } from "d3-array";
import type { ProcessHealth } from "../history/history-line.ts";
import { openStore, warmUp } from "../stores/open-store.ts";
import { offersOf, type StoreEnv } from "../stores/store.ts";
import { type RunClock, runClock } from "./clock.ts";
import { type LaneStore, runLanes } from "./lanes.ts";
import type { NumberedOrder, Order, Reply, Report, SeenOperation, Share } from "./orders.ts";

/** Answers are sent in pieces, so that a long load neither piles up, nor is lost with its process, nor goes unseen. */
const pieceSize = 200;
const pieceMs = 100;

/** A worker's side of the conversation: does as it is told, in the order in which it is told. */
export class Worker {
  readonly #send: (report: Report) => void;
  readonly #stores = new Map<string, LaneStore>();
  #env: StoreEnv = { process: "", run: "" };
  #clock: RunClock = runClock("0");
  #share: Share | null = null;
  /** When it was told to make no new calls. */
  #stoppedAt: number | null = null;

  constructor(send: (report: Report) => void) {
    this.#send = send;
  }

  async tell(order: NumberedOrder): Promise<void> {
    const { number } = order;
    try {
      this.#send({ report: "done", number, reply: await this.#obey(order) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#send({ report: "failed", number, message });
    }
  }

  readonly #obeys: {
    readonly [K in Order["order"]]: (order: Extract<Order, { order: K }>) => Promise<Reply>;
  } = {
    begin: async ({ process, run, epoch }) => {
      this.#clock = runClock(epoch);
      this.#env = { process, run };
      return {};
    },
    open: (order) => this.#open(order),
    close: async ({ name }) => {
      await this.#stores.get(name)?.opened.store.close?.();
      this.#stores.delete(name);
      return {};
    },
    load: async ({ share }) => {
      this.#share = share;
      this.#stoppedAt = null;
      await this.#prepare(share);
      return {};
    },
    release: async ({ at }) => ({ health: await this.#release(at) }),
    stop: async () => {
      this.#stoppedAt ??= this.#clock.now();
      return {};
    },
    audit: async ({ name, people }) => ({
      ids: (await this.#store(name).opened.store.audit?.(people)) ?? [],
    }),
  };

  /** Each order has the one that obeys it; the compiler cannot see that they belong together. */
  #obey(order: Order): Promise<Reply> {
    return (this.#obeys[order.order] as (order: Order) => Promise<Reply>)(order);
  }

  async #open({ name, route, warm }: Extract<Order, { readonly order: "open" }>): Promise<Reply> {
    const opened = await openStore(route, this.#env);
    this.#stores.set(name, { opened, timeoutMs: route.place.timeoutMs });
    if (warm) await warmUp(opened, this.#env);
    return { offers: offersOf(opened.store) };
  }

  async #release(at: number): Promise<ProcessHealth> {
    if (this.#share === null) throw new Error("nothing is loaded");
    const { lanes, manner } = this.#share;
    const outbox = operationOutbox(this.#send);
    const health = healthWatch();
    await runLanes(lanes, at, {
      storeOf: (route) => this.#store(route),
      clock: this.#clock,
      manner,
      stoppedAt: () => this.#stoppedAt,
      onOperation: outbox.add,
    });
    outbox.flush();
    return health();
  }

  #store(route: string): LaneStore {
    const store = this.#stores.get(route);
    if (store === undefined) throw new Error(`no route is called ${route}`);
    return store;
  }

  /** Each way learns who will call over it. */
  async #prepare({ lanes }: Share): Promise<void> {
    for (const [route, own] of group(lanes, (lane) => lane.route)) {
      const sets = own.flatMap(({ calls }) => calls.map(({ participants }) => participants));
      await this.#store(route).opened.prepare?.(sets);
    }
  }
}

function operationOutbox(send: (report: Report) => void): {
  readonly add: (seen: SeenOperation) => void;
  readonly flush: () => void;
} {
  let operations: SeenOperation[] = [];
  let sentAt = performance.now();
  const flush = (): void => {
    if (operations.length > 0) send({ report: "seen", operations });
    operations = [];
    sentAt = performance.now();
  };
  return {
    flush,
    add(seen) {
      operations.push(seen);
      if (operations.length >= pieceSize || performance.now() - sentAt >= pieceMs) flush();
    },
  };
}

/** Begins to watch; the result ends it. */
function healthWatch(): () => ProcessHealth {
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  const before = performance.eventLoopUtilization();
  return () => {
    delays.disable();
    const { utilization } = performance.eventLoopUtilization(before);
    const late = delays.count === 0 ? 0 : Math.max(0, delays.percentile(99) / 1e6 - 5);
    return { eventLoopUtilization: utilization, eventLoopDelayP99Ms: late };
  };
}
