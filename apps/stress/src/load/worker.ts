import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { group } from "d3-array";
import type { ProcessHealth } from "../history/history-line.ts";
import { openStore, type Route, warmUp } from "../stores/open-store.ts";
import { type Offer, offersOf, type People, type StoreEnv } from "../stores/store.ts";
import { type RunClock, runClock } from "./clock.ts";
import { type LaneStore, runLanes } from "./lanes.ts";
import { type Orders, plainManner, type SeenOperation, type Share } from "./orders.ts";

/** Answers are sent in pieces, so that a long load neither piles up, nor is lost with its process, nor goes unseen. */
const pieceSize = 200;
const pieceMs = 100;

type Send = (operations: readonly SeenOperation[]) => void;

/** A worker's side of the conversation: does as it is told, in the order in which it is told. */
export class Worker implements Orders {
  readonly #send: Send;
  readonly #stores = new Map<string, LaneStore>();
  #env: StoreEnv = { process: "", run: "" };
  #clock: RunClock = runClock("0");
  #share: Share = { lanes: [], manner: plainManner };
  /** When it was told to make no new calls. */
  #stoppedAt: number | null = null;

  constructor(send: Send) {
    this.#send = send;
  }

  async begin(env: StoreEnv, epoch: string): Promise<void> {
    this.#clock = runClock(epoch);
    this.#env = env;
  }

  async open(name: string, route: Route, warm: boolean): Promise<readonly Offer[]> {
    const opened = await openStore(route, this.#env);
    this.#stores.set(name, { opened, timeoutMs: route.place.timeoutMs });
    if (warm) await warmUp(opened, this.#env);
    return offersOf(opened.store);
  }

  async close(name: string): Promise<void> {
    await this.#stores.get(name)?.opened.store.close?.();
    this.#stores.delete(name);
  }

  /** Each way learns who will call over it. */
  async load(share: Share): Promise<void> {
    this.#share = share;
    this.#stoppedAt = null;
    for (const [route, own] of group(share.lanes, (lane) => lane.route)) {
      const sets = own.flatMap(({ calls }) => calls.map(({ participants }) => participants));
      await this.#store(route).opened.prepare?.(sets);
    }
  }

  async release(at: number): Promise<ProcessHealth> {
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

  async stop(): Promise<void> {
    this.#stoppedAt ??= this.#clock.now();
  }

  async audit(name: string, people: readonly People[]): Promise<readonly (readonly string[])[]> {
    return (await this.#store(name).opened.store.audit?.(people)) ?? [];
  }

  #store(route: string): LaneStore {
    const store = this.#stores.get(route);
    if (store === undefined) throw new Error(`no route is called ${route}`);
    return store;
  }
}

function operationOutbox(send: Send): {
  readonly add: (seen: SeenOperation) => void;
  readonly flush: () => void;
} {
  let operations: SeenOperation[] = [];
  let sentAt = performance.now();
  const flush = (): void => {
    if (operations.length > 0) send(operations);
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
