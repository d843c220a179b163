import { z } from "zod";
import { FaultName, place } from "../history/history-line.ts";
import { Path, Variant } from "../history/operation.ts";

/** JSON has no NaN: a figure that could not be computed is written as `null`, and read as NaN again. */
const Figure = z.union([z.number(), z.null().transform(() => Number.NaN)]);

/**
 * How many times as large a metric of one variant is as another's, from paired rounds: the median of log ratios with
 * its 95 % bootstrap interval. `of` = `to` is the A/A row: one variant against itself, whose width is the resolution.
 */
export type RatioEstimate = z.infer<typeof RatioEstimate>;
export const RatioEstimate = z.object({
  /** Such as `latency.p50` or `throughput`. */
  metric: z.string(),
  of: z.string(),
  to: z.string(),
  path: Path,
  workload: z.string(),
  estimate: Figure,
  /** `null` where there are too few rounds for an interval. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  rounds: z.number().int(),
});

/** Milliseconds, of calls that were answered. A percentile without enough samples behind it is `null`. */
export type LatencySummary = z.infer<typeof LatencySummary>;
export const LatencySummary = z.object({
  ...place,
  /** From the intended start, in an open loop (`response`), or from the real one (`service`). */
  measured: z.enum(["response", "service"]),
  /** Of which part of the run; of storms only where nothing else timed this workload. */
  part: z.enum(["storm", "round", "open-loop"]).default("round"),
  count: z.number().int(),
  min: Figure.default(Number.NaN),
  avg: Figure.default(Number.NaN),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
  p999: z.number().nullable(),
  max: Figure,
  perSecond: Figure,
  /** The whole distribution, for drawing: the share of calls below, and milliseconds, evenly spread over log 1/(1−p). */
  curve: z.array(z.tuple([z.number(), z.number()])),
});

export type AnomalyName = z.infer<typeof AnomalyName>;
export const AnomalyName = z.enum([
  "DUPLICATE",
  "SPLIT_ID",
  "DOUBLE_CREATED",
  "UNCREATED",
  "LOST",
  "PHANTOM_ID",
  "CROSS_KEY",
  "TIME_TRAVEL",
  "STALE_AFTER_MERGE",
  "RESURRECTED",
  "WRONG_CHAT",
  "LEAKED_E11000",
  "STUCK",
]);

export type Anomaly = z.infer<typeof Anomaly>;
export const Anomaly = z.object({
  name: AnomalyName,
  key: z.string(),
  ...place,
  /** One sentence for people. */
  text: z.string(),
  /** `op` numbers of the two or three operations that prove it. */
  witnesses: z.array(z.number().int()),
});

/** Why "no anomaly" means something: how much was really at the same time. */
export type Contention = z.infer<typeof Contention>;
export const Contention = z.object({
  ...place,
  keys: z.number().int(),
  operations: z.number().int(),
  unknown: z.number().int(),
  failed: z.number().int(),
  /** Keys with at least two creating calls that overlapped in time, before any of them had ended. */
  contendedKeys: z.number().int(),
  /** The most calls for one key that were under way at one instant. */
  widestOverlap: z.number().int(),
  /** Calls that began before the chat was known to exist and were answered with somebody else's chat. */
  racesLost: z.number().int(),
  certainKeys: z.number().int(),
});

/** Instants are nanoseconds since the run's epoch, as in the history. */
export type FaultOutcome = z.infer<typeof FaultOutcome>;
export const FaultOutcome = z.object({
  fault: FaultName,
  target: z.string(),
  injectedAt: z.number(),
  healedAt: z.number().nullable(),
  /** Calls under way when it struck, or sent before it healed, that it changed. */
  hit: z.number().int(),
  /** Milliseconds from the end of the fault to the first answered call; `null` when there was none. */
  recoveryMs: z.number().nullable(),
  /** So many of them the machine was too slow for anybody to be answered. */
  slowMs: z.number().default(0),
});

export type Unit = z.infer<typeof Unit>;
export const Unit = z.enum(["ms", "per-second", "share", "count", "factor"]);

export type ThresholdOutcome = z.infer<typeof ThresholdOutcome>;
export const ThresholdOutcome = z.object({
  expression: z.string(),
  severity: z.enum(["fail", "invalid"]),
  /** `inconclusive`: the interval straddles the limit. `unmeasured`: the run has no such figure. */
  outcome: z.enum(["met", "missed", "inconclusive", "unmeasured"]),
  unit: Unit,
  observed: z.number().nullable(),
  /** Of ratios: the interval. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Which of the measured figures decided, or why there is none. */
  decidedBy: z.string(),
});

/** One second of a run, for the pictures over time; a call belongs to the second in which it ended. */
export type Second = z.infer<typeof Second>;
export const Second = z.object({
  /** Whole seconds since the run's epoch. */
  at: z.number().int(),
  variant: Variant,
  path: Path,
  ok: z.number().int(),
  failed: z.number().int(),
  unknown: z.number().int(),
  p50: z.number().nullable(),
  p99: z.number().nullable(),
  max: z.number().nullable(),
});

/** The client's own health: where it was the bottleneck, no speed is reported as the server's. */
export type ClientHealth = z.infer<typeof ClientHealth>;
export const ClientHealth = z.object({
  saturated: z.boolean(),
  /** One sentence for each limit that was passed. */
  reasons: z.array(z.string()),
  /** Of the worst process each. */
  eventLoopUtilization: Figure,
  eventLoopDelayP99Ms: Figure,
  /** How late calls of an open loop were sent; `null` where there was no open loop. */
  dispatchLagP99Ms: z.number().nullable(),
});

/** Everything that a run found: the content of `result.json`. */
export type StressResult = z.infer<typeof StressResult>;
export const StressResult = z.object({
  version: z.literal(1),
  verdict: z.enum(["pass", "anomaly", "unknown", "threshold", "interrupted", "bug"]),
  /** One sentence each: why the verdict is what it is. */
  reasons: z.array(z.string()),
  /** What a reader should know and nobody need worry about: what was left out, and what is not claimed. */
  notes: z.array(z.string()).default([]),
  /** The one sentence that a run is about; `null` where one pair was not asked for by everybody. */
  headline: z.string().nullable().default(null),
  subject: z.string().default("onechat"),
  run: z.string(),
  profile: z.string(),
  seed: z.number(),
  /** The command that plans the same run again. */
  reproduce: z.string(),
  startedAt: z.string(),
  durationMs: Figure,
  environment: z.record(z.string(), z.string()),
  anomalies: z.array(Anomaly),
  /** Anomalies of the controls; the naive one's must be there: without them the run had no power to find any. */
  controlAnomalies: z.array(Anomaly),
  contention: z.array(Contention),
  faults: z.array(FaultOutcome),
  latencies: z.array(LatencySummary),
  ratios: z.array(RatioEstimate),
  thresholds: z.array(ThresholdOutcome),
  seconds: z.array(Second),
  client: ClientHealth,
});
