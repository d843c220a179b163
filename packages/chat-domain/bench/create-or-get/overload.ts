import { setTimeout as sleep } from "node:timers/promises";
import { median } from "../ratio.ts";
import { closedLoop } from "./closed-loop.ts";
import type { Variants } from "./controls.ts";

export interface OverloadResult {
  /** New chats per second that 256 callers get. */
  readonly capacity: number;
  readonly offeredPerSecond: number;
  readonly accepted: number;
  readonly refused: number;
  readonly failed: number;
  /** Milliseconds, of accepted calls. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** After the load has ended, until a call took no longer than twice the usual. */
  readonly recoveryMs: number;
}

const tickMs = 5;

/**
 * Ten times what can be served, at a constant rate, whatever becomes of the calls before. Callers share the processor
 * with what they call: a turn that comes late makes up for nothing, and the rate that came of it is told.
 */
export async function overload(
  { ours }: Variants,
  seconds: number,
  tell: (line: string) => void,
): Promise<OverloadResult> {
  const run = Date.now();
  let call = 0;
  const ask = (): Promise<unknown> => ours([`overload-${run}-${(call += 1)}`, "bob"]);
  const usual = median((await closedLoop(1, 1_000, ask)).latencies);
  const { perSecond: capacity } = await closedLoop(256, 3_000, ask);
  const latencies: number[] = [];
  const counts = { refused: 0, failed: 0, offered: 0 };
  const offer = async (): Promise<void> => {
    const asked = performance.now();
    try {
      await ask();
      latencies.push(performance.now() - asked);
    } catch (error) {
      const refused = error instanceof Error && "code" in error && error.code === "UNAVAILABLE";
      counts[refused ? "refused" : "failed"] += 1;
    }
  };
  const began = performance.now();
  const open = new Set<Promise<void>>();
  const perTurn = Math.ceil(((capacity * 10) / 1_000) * tickMs);
  while (performance.now() - began < seconds * 1_000) {
    const turn = performance.now();
    for (let offers = 0; offers < perTurn; offers += 1) {
      const offered = offer();
      counts.offered += 1;
      open.add(offered);
      void offered.finally(() => open.delete(offered));
    }
    await sleep(Math.max(0, tickMs - (performance.now() - turn)));
  }
  const offeredPerSecond = counts.offered / ((performance.now() - began) / 1_000);
  const recoveryMs = await recovery(ask, usual);
  await Promise.all(open);
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  const result: OverloadResult = {
    capacity,
    offeredPerSecond,
    accepted: sorted.length,
    refused: counts.refused,
    failed: counts.failed,
    p50: at(0.5),
    p99: at(0.99),
    max: sorted.at(-1) ?? Number.NaN,
    recoveryMs,
  };
  tell(`overload: ${JSON.stringify(result)}`);
  return result;
}

async function recovery(ask: () => Promise<unknown>, usual: number): Promise<number> {
  const ended = performance.now();
  for (;;) {
    const asked = performance.now();
    const answered = await ask().then(
      () => true,
      () => false,
    );
    if (answered && performance.now() - asked <= usual * 2) return performance.now() - ended;
    await sleep(tickMs);
  }
}
