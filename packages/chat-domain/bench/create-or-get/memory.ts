import type { Variants } from "./controls.ts";

export interface MemoryStep {
  readonly calls: number;
  readonly heapMb: number;
  readonly rssMb: number;
}

/** Memory of this process while so many new chats are asked for, by 256 callers. */
export async function flatMemory(
  { ours }: Variants,
  calls: number,
  tell: (line: string) => void,
): Promise<readonly MemoryStep[]> {
  const steps: MemoryStep[] = [];
  const step = Math.ceil(calls / 10);
  const run = Date.now();
  for (let done = 0; done < calls; done += step) {
    let next = done;
    const caller = async (): Promise<void> => {
      while (next < done + step) {
        next += 1;
        await ours([`memory-${run}-${next}`, "bob"]);
      }
    };
    await Promise.all(Array.from({ length: 256 }, caller));
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    const now = { calls: done + step, heapMb: heapUsed / 2 ** 20, rssMb: rss / 2 ** 20 };
    tell(`memory after ${now.calls} calls: heap ${now.heapMb.toFixed(1)} MB, rss ${now.rssMb.toFixed(0)} MB`);
    steps.push(now);
  }
  return steps;
}
