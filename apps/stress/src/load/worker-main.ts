// A process that makes calls. Everything comes over the channel to the harness, and ends with it.
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { group } from "d3-array";
import type { ProcessHealth } from "../history/history-line.ts";
import { openStore, warmUp } from "../stores/open-store.ts";
import { offersOf, type StoreEnv } from "../stores/store.ts";
import { runClock } from "./clock.ts";
import { type LaneStore, runLanes } from "./lanes.ts";
import {
  type NumberedOrder,
  type Orders,
  plainManner,
  type Report,
  type SeenOperation,
  type Share,
} from "./orders.ts";

/** Answers are sent in pieces, so that a long load neither piles up, nor is lost with its process, nor goes unseen. */
const pieceSize = 200;
const pieceMs = 100;

const stores = new Map<string, LaneStore>();
let env: StoreEnv = { process: "", run: "" };
let clock = runClock("0");
let share: Share = { lanes: [], manner: plainManner };
let stoppedAt: number | null = null;

const orders: Orders = {
  async begin(given, epoch) {
    env = given;
    clock = runClock(epoch);
  },
  async open(name, route, warm) {
    const opened = await openStore(route, env);
    stores.set(name, { ...opened, timeoutMs: route.place.timeoutMs });
    if (warm) await warmUp(opened, env);
    return offersOf(opened.store);
  },
  async close(name) {
    await stores.get(name)?.store.close?.();
    stores.delete(name);
  },
  /** Each way learns who will call over it. */
  async load(given) {
    share = given;
    stoppedAt = null;
    for (const [route, lanes] of group(share.lanes, (lane) => lane.route)) {
      const sets = lanes.flatMap(({ calls }) => calls.map(({ participants }) => participants));
      await storeOf(route).prepare?.(sets);
    }
  },
  async release(at) {
    const { lanes, manner } = share;
    const outbox = operationOutbox();
    const health = healthWatch();
    await runLanes(lanes, at, {
      storeOf,
      clock,
      manner,
      stoppedAt: () => stoppedAt,
      onOperation: outbox.add,
    });
    outbox.flush();
    return health();
  },
  async stop() {
    stoppedAt ??= clock.now();
  },
  audit: async (name, people) => (await storeOf(name).store.audit?.(people)) ?? [],
};

function storeOf(route: string): LaneStore {
  const store = stores.get(route);
  if (store === undefined) throw new Error(`no route is called ${route}`);
  return store;
}

function operationOutbox(): {
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

/** Without a harness nobody is interested, and the process is about to end. */
function send(report: Report): void {
  if (process.connected) process.send?.(report, undefined, undefined, () => undefined);
}

/** Each order has arguments of its own; the compiler cannot see that they belong together. */
async function obey({ number, order, args }: NumberedOrder): Promise<void> {
  try {
    const reply = await (orders[order] as (...given: unknown[]) => Promise<unknown>)(...args);
    send({ report: "done", number, reply });
  } catch (error) {
    send({ report: "failed", number, message: error instanceof Error ? error.message : String(error) });
  }
}

process.on("message", (order: NumberedOrder) => void obey(order));
process.once("disconnect", () => process.exit(0));
