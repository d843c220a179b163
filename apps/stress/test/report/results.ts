import type {
  Contention,
  FaultOutcome,
  LatencySummary,
  RatioEstimate,
  Second,
  StressResult,
} from "../../src/measure/result.ts";

/** A run that measured nothing yet. */
export const emptyResult: StressResult = {
  version: 1,
  verdict: "interrupted",
  reasons: ["stopped by SIGINT before anything was measured"],
  notes: [],
  headline: null,
  subject: "onechat",
  run: "20260102T030405Z-7",
  profile: "ci",
  seed: 7,
  reproduce: "pnpm stress run ci --seed 7",
  startedAt: "2026-01-02T03:04:05.000Z",
  durationMs: 12.5,
  environment: {},
  anomalies: [],
  controlAnomalies: [],
  contention: [],
  faults: [],
  latencies: [],
  ratios: [],
  thresholds: [],
  seconds: [],
  client: {
    saturated: false,
    reasons: [],
    eventLoopUtilization: 0,
    eventLoopDelayP99Ms: 0,
    dispatchLagP99Ms: null,
  },
};

export function latencySummary(fields: Partial<LatencySummary> = {}): LatencySummary {
  return {
    variant: "ours",
    path: "http",
    workload: "hot",
    measured: "service",
    part: "round",
    min: 1,
    avg: 5,
    count: 20_000,
    p50: 4,
    p95: 9,
    p99: 14,
    p999: 31,
    max: 60,
    perSecond: 2_400,
    curve: [
      [0, 1],
      [0.9, 7],
      [0.99, 14],
      [0.999, 31],
    ],
    ...fields,
  };
}

export function contention(fields: Partial<Contention> = {}): Contention {
  return {
    variant: "ours",
    path: "http",
    workload: "hot",
    keys: 10,
    operations: 1_000,
    unknown: 0,
    failed: 0,
    contendedKeys: 9,
    widestOverlap: 50,
    racesLost: 400,
    certainKeys: 10,
    ...fields,
  };
}

export function ratio(fields: Partial<RatioEstimate> = {}): RatioEstimate {
  return {
    metric: "latency.p50",
    of: "ours",
    to: "raw",
    path: "http",
    workload: "hot",
    estimate: 1.1,
    low: 1.05,
    high: 1.15,
    rounds: 24,
    ...fields,
  };
}

/** At 10 s for 2 s, answered again 0.5 s later. */
export function fault(fields: Partial<FaultOutcome> = {}): FaultOutcome {
  return {
    fault: "db-kill",
    target: "the database",
    injectedAt: 10e9,
    healedAt: 12e9,
    hit: 40,
    recoveryMs: 500,
    slowMs: 0,
    ...fields,
  };
}

export function second(at: number, fields: Partial<Second> = {}): Second {
  return {
    at,
    variant: "ours",
    path: "http",
    ok: 100,
    failed: 0,
    unknown: 0,
    p50: 4,
    p99: 12,
    max: 20,
    ...fields,
  };
}
