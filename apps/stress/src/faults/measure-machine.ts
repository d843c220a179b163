import { monitorEventLoopDelay } from "node:perf_hooks";
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
const resolutionMs = 10;

export const measureMachine: MeasureMachine = async (calls, signal) => {
  const timers = monitorEventLoopDelay({ resolution: resolutionMs });
  timers.enable();
  const ended = AbortSignal.any([signal, AbortSignal.timeout(mostMs)]);
  const answers = Promise.all(
    Object.entries(calls).map(async ([name, call]) => [name, await answeredAfterMs(call, ended)] as const),
  );
  await sleep(leastMs, undefined, { signal }).catch(() => undefined);
  const tookMs = Object.fromEntries(await answers);
  // What has held the process up until now is seen by the watch at its next turn.
  await sleep(2 * resolutionMs, undefined, { signal }).catch(() => undefined);
  timers.disable();
  return { timersLateMs: Math.max(0, timers.max / 1e6 - resolutionMs), tookMs };
};

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
