/** The machine's one monotonic clock, counted from the beginning of a run: the same instant in every process. */
export interface RunClock {
  /** Nanoseconds since the epoch. */
  readonly now: () => number;
}

/** `epoch` is a reading of `process.hrtime.bigint()`, as text so that it can be sent. */
export function runClock(epoch: string): RunClock {
  const zero = BigInt(epoch);
  return { now: () => Number(process.hrtime.bigint() - zero) };
}

export function newEpoch(): string {
  return process.hrtime.bigint().toString();
}
