import { setTimeout as sleep } from "node:timers/promises";
import type { ControlCall, MachineReading } from "../history/history-line.ts";

export type ControlCalls = Readonly<Partial<Record<ControlCall, (signal: AbortSignal) => Promise<unknown>>>>;

/**
 * Finds out once how fast the machine is for this process: makes all control calls at the same time, and watches its
 * own timers meanwhile. Ends early when it is aborted.
 */
export type MeasureMachine = (
  calls: ControlCalls,
  signal: AbortSignal,
) => Promise<Pick<MachineReading, "timersLateMs" | "tookMs">>;

/** Long enough to see timers be late, and short enough for a call that hangs not to stand for all that comes later. */
const leastMs = 300;
const mostMs = 2_000;
const betweenLooksMs = 10;

export const measureMachine: MeasureMachine = async (calls, signal) => {
  const timersLateMs = watchTimers();
  const ended = AbortSignal.any([signal, AbortSignal.timeout(mostMs)]);
  const answers = Promise.all(
    Object.entries(calls).map(async ([name, call]) => [name, await answeredAfterMs(call, ended)] as const),
  );
  await sleep(leastMs, undefined, { signal }).catch(() => undefined);
  const tookMs = Object.fromEntries(await answers);
  return { timersLateMs: timersLateMs(), tookMs };
};

/**
 * How late the latest of many timers was, asked at the end. Node's own histogram of the event loop is blind until its
 * first turn, and to what holds the process up after its last.
 */
function watchTimers(): () => number {
  let last = performance.now();
  let longest = 0;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, betweenLooksMs);
  return () => {
    clearInterval(timer);
    look();
    return Math.max(0, longest - betweenLooksMs);
  };
}

/** `null` when there was no answer. */
async function answeredAfterMs(
  call: (signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
): Promise<number | null> {
  const asked = performance.now();
  const answered = call(signal).then(
    () => performance.now() - asked,
    () => null,
  );
  return Promise.race([answered, sleep(mostMs, null, { signal, ref: false }).catch(() => null)]);
}

export interface MachineWatch {
  readonly measure: MeasureMachine;
  readonly calls: ControlCalls;
  readonly now: () => number;
  readonly onReading: (reading: Omit<MachineReading, "type">) => void;
}

/** Measures the machine, one reading right after the other, as long as the work goes on. */
export async function whileWatched(work: () => Promise<void>, watch: MachineWatch): Promise<void> {
  const over = new AbortController();
  const watching = watchUntil(over.signal, watch);
  // Whoever waits for it at the end hears of a failure that came before.
  watching.catch(() => undefined);
  try {
    await work();
  } finally {
    over.abort();
    await watching;
  }
}

async function watchUntil(
  signal: AbortSignal,
  { measure, calls, now, onReading }: MachineWatch,
): Promise<void> {
  let from = now();
  while (!signal.aborted) {
    const measured = await measure(calls, signal);
    const until = now();
    onReading({ from, until, ...measured });
    from = until;
  }
}
