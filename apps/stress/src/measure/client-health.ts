import { max, mean } from "d3-array";
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
  const size = Math.max(0, ...telling.map(({ health }) => health.length));
  const processes = Array.from({ length: size }, (_, index) =>
    telling.flatMap(({ health }) => health[index] ?? []),
  );
  const eventLoopUtilization =
    max(processes, (own) => mean(own, (health) => health.eventLoopUtilization)) ?? Number.NaN;
  const eventLoopDelayP99Ms =
    max(processes, (own) => mean(own, (health) => health.eventLoopDelayP99Ms)) ?? Number.NaN;
  const lags = open
    .flatMap(({ operations }) => operations)
    .flatMap(({ intended, start }) => (intended === null ? [] : [Math.max(start - intended, 0) / 1e6]));
  const dispatchLagP99Ms = lags.length === 0 ? null : percentile(Float64Array.from(lags).toSorted(), 0.99);
  const reasons = [
    ...(eventLoopUtilization > limits.busyShare
      ? [
          `the event loop was busy ${share(eventLoopUtilization)} of the time (limit ${share(limits.busyShare)})`,
        ]
      : []),
    ...(eventLoopDelayP99Ms > limits.lateMs
      ? [
          `the event loop was up to ${eventLoopDelayP99Ms.toFixed(1)} ms late at the 99th percentile (limit ${limits.lateMs} ms)`,
        ]
      : []),
    ...(dispatchLagP99Ms !== null && dispatchLagP99Ms > limits.lateMs
      ? [
          `calls were sent ${dispatchLagP99Ms.toFixed(1)} ms late at the 99th percentile (limit ${limits.lateMs} ms)`,
        ]
      : []),
  ];
  return {
    saturated: reasons.length > 0,
    reasons,
    eventLoopUtilization,
    eventLoopDelayP99Ms,
    dispatchLagP99Ms,
  };
}

function share(part: number): string {
  return `${(part * 100).toFixed(0)} %`;
}
