import type { Operation } from "../history/operation.ts";
import type { ClientHealth } from "../result/stress-result.ts";
import { percentile } from "./percentile.ts";

/** What a process that sends calls saw of itself, while speed was measured. */
export interface ClientProcess {
  /** The busy share of its event loop, from 0 to 1. */
  readonly eventLoopUtilization: number;
  readonly eventLoopDelayP99Ms: number;
}

export interface ClientLimits {
  readonly eventLoopUtilization: number;
  readonly eventLoopDelayP99Ms: number;
  readonly dispatchLagP99Ms: number;
}

/** A timer alone is up to 5 ms late at the 99th percentile on two shared cores; a multiple of it is a queue. */
const clientLimits: ClientLimits = {
  eventLoopUtilization: 0.9,
  eventLoopDelayP99Ms: 25,
  dispatchLagP99Ms: 25,
};

/**
 * Whether the processes that send were the bottleneck: then the figures are about them, and no speed is judged. Lags
 * are those of an open loop; without one, hand over none.
 */
export function judgeClient(
  processes: readonly ClientProcess[],
  lagsMs: Float64Array,
  limits: ClientLimits = clientLimits,
): ClientHealth {
  const eventLoopUtilization = worst(processes.map((process) => process.eventLoopUtilization));
  const eventLoopDelayP99Ms = worst(processes.map((process) => process.eventLoopDelayP99Ms));
  const dispatchLagP99Ms = lagsMs.length === 0 ? null : percentile(lagsMs.toSorted(), 0.99);
  const reasons = [
    ...over(
      eventLoopUtilization,
      limits.eventLoopUtilization,
      (busy, limit) => `the event loop was busy ${share(busy)} of the time (limit ${share(limit)})`,
    ),
    ...over(
      eventLoopDelayP99Ms,
      limits.eventLoopDelayP99Ms,
      (ms, limit) =>
        `the event loop was up to ${ms.toFixed(1)} ms late at the 99th percentile (limit ${limit} ms)`,
    ),
    ...over(
      dispatchLagP99Ms ?? 0,
      limits.dispatchLagP99Ms,
      (ms, limit) => `calls were sent ${ms.toFixed(1)} ms late at the 99th percentile (limit ${limit} ms)`,
    ),
  ];
  return {
    saturated: reasons.length > 0,
    reasons,
    eventLoopUtilization,
    eventLoopDelayP99Ms,
    dispatchLagP99Ms,
  };
}

/** How late the calls of an open loop were sent, in milliseconds. */
export function dispatchLags(operations: Iterable<Operation>): Float64Array {
  const lags: number[] = [];
  for (const { intended, start } of operations)
    if (intended !== null) lags.push(Math.max(start - intended, 0) / 1e6);
  return Float64Array.from(lags);
}

function worst(figures: readonly number[]): number {
  return figures.filter(Number.isFinite).reduce((most, figure) => Math.max(most, figure), 0);
}

function over(
  figure: number,
  limit: number,
  text: (figure: number, limit: number) => string,
): readonly string[] {
  return figure > limit ? [text(figure, limit)] : [];
}

function share(part: number): string {
  return `${(part * 100).toFixed(0)} %`;
}
