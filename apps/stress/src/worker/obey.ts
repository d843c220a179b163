import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { openRoute } from "../paths/route.ts";
import type { OpenStore } from "../variants/chat-store.ts";
import type { NumberedOrder, ProcessHealth, Report, SeenOperation, Share } from "./orders.ts";
import { type RunClock, runClock } from "./run-clock.ts";
import { runLanes } from "./run-lanes.ts";

/** Answers are sent in pieces, so that a long load neither piles up, nor is lost with its process, nor goes unseen. */
const pieceSize = 200;
const pieceMs = 100;

/** A worker's side of the conversation: does as it is told, in the order in which it is told. */
export function worker(send: (report: Report) => void): (order: NumberedOrder) => Promise<void> {
  const state: WorkerState = { stores: new Map(), clock: runClock("0"), share: null, stoppedAt: null };
  return async (order) => {
    const { number } = order;
    try {
      send({ report: "done", number, health: await obey(state, order, send) });
    } catch (error) {
      send({ report: "failed", number, message: error instanceof Error ? error.message : String(error) });
    }
  };
}

interface WorkerState {
  readonly stores: Map<string, OpenStore>;
  clock: RunClock;
  share: Share | null;
  /** When it was told to make no new calls. */
  stoppedAt: number | null;
}

async function obey(
  state: WorkerState,
  order: NumberedOrder,
  send: (report: Report) => void,
): Promise<ProcessHealth | null> {
  switch (order.order) {
    case "begin":
      state.clock = runClock(order.epoch);
      return null;
    case "open":
      await openNamed(state.stores, order);
      return null;
    case "close":
      await state.stores.get(order.name)?.[Symbol.asyncDispose]();
      state.stores.delete(order.name);
      return null;
    case "load":
      state.share = order.share;
      state.stoppedAt = null;
      await prepare(state, order.share);
      return null;
    case "release":
      return release(state, order.at, send);
    case "stop":
      state.stoppedAt ??= state.clock.now();
  }
  return null;
}

async function release(
  state: WorkerState,
  at: number,
  send: (report: Report) => void,
): Promise<ProcessHealth> {
  const { share, clock } = state;
  if (share === null) throw new Error("nothing is loaded");
  const outbox = operationOutbox(send);
  const health = healthWatch();
  await runLanes(share.lanes, at, {
    storeOf: (route) => storeOf(state, route),
    clock,
    manner: share.manner,
    stoppedAt: () => state.stoppedAt,
    onOperation: outbox.add,
  });
  outbox.flush();
  return health();
}

async function openNamed(
  stores: Map<string, OpenStore>,
  { name, route, warm }: Extract<NumberedOrder, { readonly order: "open" }>,
): Promise<void> {
  const store = await openRoute(route);
  stores.set(name, store);
  if (warm) await store.warmUp();
}

function storeOf({ stores }: WorkerState, route: string): OpenStore {
  const store = stores.get(route);
  if (store === undefined) throw new Error(`no route is called ${route}`);
  return store;
}

/** Each way learns who will call over it. */
async function prepare(state: WorkerState, { lanes }: Share): Promise<void> {
  const callers = new Map<string, Set<string>>();
  for (const { route, calls } of lanes) {
    const known = callers.get(route) ?? new Set<string>();
    for (const { participants } of calls) known.add(participants[0] ?? "");
    callers.set(route, known);
  }
  await Promise.all([...callers].map(([route, people]) => storeOf(state, route).prepare([...people])));
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
