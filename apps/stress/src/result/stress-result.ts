import { z } from "zod";
import { FaultName, Workload } from "../history/history-line.ts";
import { Path, Variant } from "../history/operation.ts";

/** An interval for the ratio of two variants, from paired rounds: median of log ratios, 95 % bootstrap. */
export type RatioEstimate = z.infer<typeof RatioEstimate>;
export const RatioEstimate = z.object({
  metric: z.string(),
  of: z.string(),
  to: z.string(),
  path: Path,
  workload: z.string(),
  estimate: z.number(),
  low: z.number(),
  high: z.number(),
  rounds: z.number().int(),
});

/** Milliseconds. A percentile without enough samples behind it is `null`. */
export type LatencySummary = z.infer<typeof LatencySummary>;
export const LatencySummary = z.object({
  variant: Variant,
  path: Path,
  workload: Workload,
  /** From the intended start in an open loop (`response`), else from the real one (`service`). */
  measured: z.enum(["response", "service"]),
  count: z.number().int(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
  p999: z.number().nullable(),
  max: z.number(),
  perSecond: z.number(),
});

export type Anomaly = z.infer<typeof Anomaly>;
export const Anomaly = z.object({
  name: z.enum([
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
    "LEAKED_E11000",
    "STUCK",
  ]),
  key: z.string(),
  variant: Variant,
  path: Path,
  workload: Workload,
  /** One sentence for people. */
  text: z.string(),
  /** `op` numbers of the two or three operations that prove it. */
  witnesses: z.array(z.number().int()),
});

/** Why "no anomaly" means something: how much was really at the same time. */
export type Contention = z.infer<typeof Contention>;
export const Contention = z.object({
  variant: Variant,
  path: Path,
  workload: Workload,
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
  /** Keys none of whose calls ended `unknown`. */
  certainKeys: z.number().int(),
});

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
});

export type ThresholdOutcome = z.infer<typeof ThresholdOutcome>;
export const ThresholdOutcome = z.object({
  expression: z.string(),
  severity: z.enum(["fail", "invalid"]),
  outcome: z.enum(["met", "missed", "inconclusive", "unmeasured"]),
  observed: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});

/** One second of a run, for the pictures over time. */
export type Second = z.infer<typeof Second>;
export const Second = z.object({
  at: z.number(),
  variant: Variant,
  path: Path,
  ok: z.number().int(),
  failed: z.number().int(),
  unknown: z.number().int(),
  p50: z.number().nullable(),
  p99: z.number().nullable(),
  max: z.number().nullable(),
});

/** Everything that a run found: the content of `result.json`. */
export type StressResult = z.infer<typeof StressResult>;
export const StressResult = z.object({
  version: z.literal(1),
  verdict: z.enum(["pass", "anomaly", "unknown", "threshold", "interrupted", "bug"]),
  /** One sentence each: why the verdict is what it is. */
  reasons: z.array(z.string()),
  run: z.string(),
  profile: z.string(),
  seed: z.number(),
  /** The command that plans the same run again. */
  reproduce: z.string(),
  startedAt: z.string(),
  durationMs: z.number(),
  environment: z.record(z.string(), z.string()),
  anomalies: z.array(Anomaly),
  /** Anomalies of the naive control, which must be there: without them the run had no power to find any. */
  controlAnomalies: z.array(Anomaly),
  contention: z.array(Contention),
  faults: z.array(FaultOutcome),
  latencies: z.array(LatencySummary),
  ratios: z.array(RatioEstimate),
  thresholds: z.array(ThresholdOutcome),
  seconds: z.array(Second),
  /** The client's own health: where it was the bottleneck, no speed is reported as the server's. */
  client: z.object({
    saturated: z.boolean(),
    eventLoopUtilization: z.number(),
    eventLoopDelayP99Ms: z.number(),
    dispatchLagP99Ms: z.number().nullable(),
  }),
});
