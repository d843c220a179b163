import type { MachineReading } from "../history/history-line.ts";
import type { ControlCalls, MeasureMachine } from "./measure-machine.ts";

export interface MachineWatch {
  readonly measure: MeasureMachine;
  /** What can be called now. */
  readonly calls: () => ControlCalls;
  /** Nanoseconds since the run's epoch. */
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
    const measured = await measure(calls(), signal);
    const until = now();
    onReading({ from, until, ...measured });
    from = until;
  }
}
