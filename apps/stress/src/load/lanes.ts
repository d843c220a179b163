import { setTimeout as sleep } from "node:timers/promises";
import type { Opened } from "../stores/open-store.ts";
import type { People, Store } from "../stores/store.ts";
import type { RunClock } from "./clock.ts";
import type { DueCall, DueLane, Manner, SeenOperation } from "./orders.ts";
import { outcomeOfError } from "./outcome-of-error.ts";

/** A store, and how long its calls may take by its own account. */
export interface LaneStore extends Opened {
  readonly timeoutMs: number;
}

export interface LaneSetting {
  readonly storeOf: (route: string) => LaneStore;
  readonly clock: RunClock;
  readonly manner: Manner;
  /** When it was told to make no new calls, `null` as long as it was not. */
  readonly stoppedAt: () => number | null;
  readonly onOperation: (operation: SeenOperation) => void;
}

/** Longest wait of a caller before it makes an unanswered call again. */
const retryMs = 40;
/** A timer fires late: the last stretch before a release is waited for by looking at the clock. */
const watchedNs = 1_500_000;
/** A store that keeps its own bound never gets there, not even on a machine that is several times too slow. */
const overtime = 5;

/** Makes all first calls in one go once `at` has come; each lane then makes its others one after the other. */
export async function runLanes(lanes: readonly DueLane[], at: number, setting: LaneSetting): Promise<void> {
  await releasedAt(at, setting.clock);
  await Promise.all(lanes.map((lane) => runLane(lane, at, setting)));
}

async function releasedAt(at: number, { now }: RunClock): Promise<void> {
  const ms = (at - watchedNs - now()) / 1e6;
  if (ms > 0) await sleep(ms);
  while (now() < at);
}

async function runLane({ route, due, calls }: DueLane, at: number, setting: LaneSetting): Promise<void> {
  const { clock, manner, stoppedAt } = setting;
  const store = setting.storeOf(route);
  const intended = due === null ? null : at + due;
  let lastId: string | null = null;
  if (intended !== null) await sleep((intended - clock.now()) / 1e6);
  for (const [index, planned] of calls.entries()) {
    if (index > 0 && manner.pauseMs > 0) await sleep(Math.random() * manner.pauseMs);
    if (stoppedAt() !== null) return;
    const call = addressed(planned, lastId);
    if (call === null) continue;
    lastId = (await untilAnswered(call, store, setting, intended)) ?? lastId;
  }
}

/** Whoever asks by an id that nobody has told them does not ask. */
function addressed(call: DueCall, lastId: string | null): DueCall | null {
  if (call.kind !== "resolve" && call.kind !== "remove") return call;
  const asked = call.asked ?? lastId;
  return asked === null ? null : { ...call, asked };
}

async function untilAnswered(
  call: DueCall,
  store: LaneStore,
  { clock, manner, onOperation, stoppedAt }: LaneSetting,
  intended: number | null,
): Promise<string | null> {
  const begun = clock.now();
  // Even when it is time to stop: whether this caller is answered in the end is a finding. It is patient anew then,
  // as those who were answered leave it alone with the database and the machine.
  const isPatient = (): boolean => clock.now() < (stoppedAt() ?? begun) + manner.persistMs * 1e6;
  for (let attempt = 0; ; attempt += 1) {
    const operation = await perform(call, store, clock);
    onOperation({ ...operation, intended: attempt === 0 ? intended : null });
    if (operation.outcome === "ok" || !isPatient()) return operation.id;
    await sleep(Math.random() * retryMs);
  }
}

async function perform(
  call: DueCall,
  { store, writesSent, timeoutMs }: LaneStore,
  clock: RunClock,
): Promise<Omit<SeenOperation, "intended">> {
  const { key, kind, asked, patienceMs } = call;
  const sentBefore = writesSent?.() ?? null;
  const start = clock.now();
  try {
    const bound = patienceMs ?? overtime * timeoutMs;
    const answer = await within(bound, (signal) => answerOf(store, call, signal));
    return { key, kind, asked, start, end: clock.now(), outcome: "ok", ...answer, error: null };
  } catch (error) {
    const end = clock.now();
    const wrote = sentBefore === null ? null : writesSent?.() !== sentBefore;
    return { key, kind, asked, start, end, id: null, created: null, ...outcomeOfError(error, wrote) };
  }
}

const questions: Readonly<
  Record<
    Exclude<DueCall["kind"], "ensure">,
    (store: Store, people: People, asked: string) => Promise<string | null | void> | undefined
  >
> = {
  find: (store, people) => store.find?.(people),
  resolve: (store, people, asked) => store.resolve?.(asked, people),
  // Whatever somebody's own store answers with, it is no id.
  async remove(store, _, asked) {
    await store.remove?.(asked);
  },
};

/** A store is told of people and their scope and nothing else: it may refuse what it does not know. */
async function answerOf(
  store: Store,
  { kind, participants, scope, asked, patienceMs }: DueCall,
  signal: AbortSignal,
): Promise<Pick<SeenOperation, "id" | "created">> {
  if (store[kind] === undefined) throw new Error(`the store does not offer "${kind}", and it was planned`);
  const people = { participants, scope };
  if (kind !== "ensure")
    return { id: (await questions[kind](store, people, asked ?? "")) ?? null, created: null };
  const { id, created } = await store.ensure(people, patienceMs === null ? {} : { signal });
  return { id, created };
}

/**
 * For callers who do not wait for ever: a call that has hung for so long is given up with a `TimeoutError`, and what
 * became of it is unknown. A store that hangs would else hold up the run that is to find it.
 */
async function within<T>(boundMs: number, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const giveUp = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const reason = new DOMException(`there was no answer within ${boundMs} ms`, "TimeoutError");
      giveUp.abort(reason);
      reject(reason);
    }, boundMs);
  });
  try {
    return await Promise.race([ask(giveUp.signal), bound]);
  } finally {
    clearTimeout(timer);
  }
}
