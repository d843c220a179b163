import { setTimeout as sleep } from "node:timers/promises";
import { outcomeOfError } from "../paths/outcome-of-error.ts";
import type { OpenStore } from "../variants/chat-store.ts";
import type { DueCall, DueLane, Manner, SeenOperation } from "./orders.ts";
import type { RunClock } from "./run-clock.ts";

export interface LaneSetting {
  readonly storeOf: (route: string) => OpenStore;
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
  if (intended !== null) await sleep((intended - clock.now()) / 1e6);
  for (const [index, call] of calls.entries()) {
    if (index > 0 && manner.pauseMs > 0) await sleep(Math.random() * manner.pauseMs);
    if (stoppedAt() !== null) return;
    await untilAnswered(call, store, { ...setting, intended });
  }
}

interface CallSetting extends LaneSetting {
  readonly intended: number | null;
}

async function untilAnswered(call: DueCall, store: OpenStore, setting: CallSetting): Promise<void> {
  const { clock, manner, onOperation, intended, stoppedAt } = setting;
  const begun = clock.now();
  // Even when it is time to stop: whether this caller is answered in the end is a finding. It is patient anew then,
  // as those who were answered leave it alone with the database and the machine.
  const isPatient = (): boolean => clock.now() < (stoppedAt() ?? begun) + manner.persistMs * 1e6;
  for (let attempt = 0; ; attempt += 1) {
    const operation = await perform(call, store, clock);
    onOperation({ ...operation, intended: attempt === 0 ? intended : null });
    if (operation.outcome === "ok" || !isPatient()) return;
    await sleep(Math.random() * retryMs);
  }
}

type Answer = Pick<SeenOperation, "id" | "created">;

async function perform(
  call: DueCall,
  store: OpenStore,
  clock: RunClock,
): Promise<Omit<SeenOperation, "intended">> {
  const { key, kind, asked } = call;
  const sentBefore = store.writesSent();
  const start = clock.now();
  try {
    const answer = await questions[kind](store, call);
    return { key, kind, asked, start, end: clock.now(), outcome: "ok", ...answer, error: null };
  } catch (error) {
    const end = clock.now();
    const wrote = sentBefore === null ? null : store.writesSent() !== sentBefore;
    return { key, kind, asked, start, end, id: null, created: null, ...outcomeOfError(error, wrote) };
  }
}

const questions: Readonly<Record<DueCall["kind"], (store: OpenStore, call: DueCall) => Promise<Answer>>> = {
  ensure: (store, call) => store.ensure(call),
  find: async (store, call) => ({ id: await store.find(call), created: null }),
  resolve: async (store, call) => ({ id: await store.resolve(call.asked ?? "", call), created: null }),
};
