/** What some callers did in a while, each asking again as soon as it was answered. */
export interface Block {
  readonly perSecond: number;
  /** Milliseconds, of every call. */
  readonly latencies: readonly number[];
  readonly cpuMicros: number;
}

export async function closedLoop(
  callers: number,
  milliseconds: number,
  call: () => Promise<unknown>,
): Promise<Block> {
  const latencies: number[] = [];
  const cpu = process.cpuUsage();
  const began = performance.now();
  const caller = async (): Promise<void> => {
    let asked = performance.now();
    while (asked - began < milliseconds) {
      await call();
      const answered = performance.now();
      latencies.push(answered - asked);
      asked = answered;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - began) / 1_000;
  return { perSecond: latencies.length / seconds, latencies, cpuMicros: user + system };
}
