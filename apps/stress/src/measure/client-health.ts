import { max, mean, transpose } from "d3-array";
import type { ProcessHealth } from "../history/history-line.ts";
import type { MeasuredBlock } from "./blocks.ts";
import type { ClientHealth } from "./result.ts";
import { percentile } from "./statistics.ts";

/** A timer alone is up to 5 ms late at the 99th percentile on two shared cores; a multiple of it is a queue. */
const limits = { busyShare: 0.9, lateMs: 25 };

/**
 * Whether the processes that send were the bottleneck: then the figures are about them, and no speed is judged. Told by
 * the open loop where there was one, else by the rounds. Each process's figures are means over blocks of about the same
 * length; of the processes the worst counts.
 */
export function clientHealth(blocks: readonly MeasuredBlock[]): ClientHealth {
  const open = blocks.filter(({ part }) => part === "open-loop");
  const telling = open.length > 0 ? open : blocks.filter(({ part, round }) => part === "round" && round >= 0);
  const processes = transpose(telling.map(({ health }) => health));
  const worst = (figure: keyof ProcessHealth): number =>
    max(processes, (own) => mean(own, (health) => health[figure])) ?? Number.NaN;
  const [busy, late] = [worst("eventLoopUtilization"), worst("eventLoopDelayP99Ms")];
  const lags = open
    .flatMap(({ operations }) => operations)
    .flatMap(({ intended, start }) => (intended === null ? [] : [Math.max(start - intended, 0) / 1e6]));
  const lag = lags.length === 0 ? null : percentile(Float64Array.from(lags).toSorted(), 0.99);
  const tooLate = (ms: number): string =>
    `${ms.toFixed(1)} ms late at the 99th percentile (limit ${limits.lateMs} ms)`;
  const reasons: string[] = [];
  if (busy > limits.busyShare)
    reasons.push(`the event loop was busy ${share(busy)} of the time (limit ${share(limits.busyShare)})`);
  if (late > limits.lateMs) reasons.push(`the event loop was up to ${tooLate(late)}`);
  if (lag !== null && lag > limits.lateMs) reasons.push(`calls were sent ${tooLate(lag)}`);
  return {
    saturated: reasons.length > 0,
    reasons,
    eventLoopUtilization: busy,
    eventLoopDelayP99Ms: late,
    dispatchLagP99Ms: lag,
  };
}

function share(part: number): string {
  return `${(part * 100).toFixed(0)} %`;
}
