import type { History } from "../../src/history/history.ts";
import { operationsOf } from "../../src/history/operation-table.ts";
import type { Operation } from "../../src/history/operation.ts";
import type { Anomaly, Contention, LatencySummary, StressResult } from "../../src/result/stress-result.ts";
import { secondsOf } from "../../src/speed/per-second.ts";
import { summarizeLatencies } from "../../src/speed/summarize-latencies.ts";
import { evaluateThresholds } from "../../src/thresholds/evaluate-thresholds.ts";
import { parseThreshold } from "../../src/thresholds/parse-threshold.ts";
import { emptyResult, fault, ratio } from "./results.ts";
import { type Burst, syntheticHistory } from "./synthetic-history.ts";

export interface SyntheticReport {
  readonly result: StressResult;
  readonly history: History | null;
}

const variants = [
  { variant: "ours", ms: 6 },
  { variant: "raw", ms: 5.2 },
  { variant: "mongoose", ms: 9.5 },
  { variant: "naive", ms: 7, splitEvery: 4 },
] as const;

const places = [
  { path: "http", workload: "hot", keys: 9, callers: 120, everyMs: 700 },
  { path: "http", workload: "burst", keys: 45, callers: 24, everyMs: 140 },
  { path: "domain", workload: "hot", keys: 7, callers: 150, everyMs: 900 },
  { path: "domain", workload: "zipf", keys: 60, callers: 4, everyMs: 100 },
  { path: "http-batch", workload: "burst", keys: 20, callers: 16, everyMs: 300 },
] as const;

/** Every variant at every place, one after the other. */
const bursts: readonly Burst[] = places.flatMap((place, i) =>
  variants.map((one, j): Burst => ({ ...place, ...one, fromMs: (i * variants.length + j) * 6_500 })),
);

/** Everything as it should be: two faults, and only the naive control is caught. */
export function passingRun(): SyntheticReport {
  const faults = [
    fault({
      fault: "api-kill",
      target: "api 1",
      injectedAt: 1.5e9,
      healedAt: 3.1e9,
      hit: 61,
      recoveryMs: 240,
    }),
    fault({ injectedAt: 67e9, healedAt: 70.5e9, hit: 148, recoveryMs: 1_310 }),
    fault({
      fault: "reply-lost",
      target: "api to database",
      injectedAt: 100e9,
      healedAt: 101e9,
      hit: 12,
      recoveryMs: 41,
    }),
    fault({
      fault: "index-missing",
      target: "ours",
      injectedAt: 128e9,
      healedAt: null,
      hit: 4,
      recoveryMs: null,
    }),
  ];
  const history = syntheticHistory({
    bursts,
    faults: faults.slice(0, 3).map(({ fault: name, target, injectedAt, healedAt }) => ({
      type: "fault",
      fault: name,
      event: "inject",
      at: injectedAt,
      target,
      untilMs: (healedAt ?? 0) / 1e6,
    })),
  });
  const measured: StressResult = {
    ...resultOf(history),
    verdict: "pass",
    reasons: ["every set of people has exactly one chat", "the naive control was caught"],
    durationMs: 130_400,
    faults,
    controlAnomalies: splitsOf(history, "naive"),
    ratios: [
      ratio({ metric: "latency.p50", to: "ours", estimate: 1.006, low: 0.957, high: 1.049 }),
      ratio({ estimate: 1.12, low: 1.06, high: 1.19 }),
      ratio({ to: "mongoose", estimate: 0.64, low: 0.6, high: 0.69 }),
      ratio({ metric: "throughput", path: "domain", estimate: 0.91, low: 0.84, high: 1.03 }),
      ratio({ metric: "throughput", path: "domain", to: "mongoose", estimate: 1.58, low: 1.41, high: 1.71 }),
      ratio({
        metric: "latency.p95",
        path: "domain",
        workload: "zipf",
        estimate: 1.21,
        low: null,
        high: null,
        rounds: 4,
      }),
    ],
  };
  return { result: judged(measured, passingThresholds), history };
}

const passingThresholds = [
  "anomalies: count==0",
  "control_anomalies{variant:naive}: count>0 !invalid",
  "contention{variant:ours}: contended_keys>0 !invalid",
  "latency{path:http,variant:ours}: p(99)<80",
  "recovery{fault:db-kill}: max<5s",
  "ratio(latency.p50){ours/raw,path:http}: est<1.25",
  "ratio(throughput){ours/raw}: est>0.9",
  "aa_ratio: contains 1 !invalid",
  "dispatch_lag: p(99)<5ms !invalid",
];

/** Hostile in its texts, wrong in its answers. */
export function failingRun(): SyntheticReport {
  const broken = bursts
    .filter(({ path }) => path !== "http-batch")
    .map((burst) =>
      burst.variant === "ours" && burst.path === "http" ? { ...burst, splitEvery: 4 } : burst,
    );
  const history = syntheticHistory({ bursts: broken, faults: [] });
  const splits = splitsOf(history, "ours");
  const hostile = '<script>alert("key")</script><img src=x onerror=alert(1)> ]]> | `x` \u202Egnp.exe';
  const [first] = splits;
  const leaked: Anomaly[] =
    first === undefined
      ? []
      : [{ ...first, name: "LEAKED_E11000", text: `E11000 duplicate key error ${hostile}` }];
  const measured: StressResult = {
    ...resultOf(history),
    verdict: "anomaly",
    reasons: [
      `${splits.length} keys of ours have two chats: SPLIT_ID, LEAKED_E11000`,
      `first error: ${hostile}`,
    ],
    durationMs: 104_000,
    environment: { node: "v22.11.0", mongodb: "8.0.4 (replica set of one)", [hostile]: hostile },
    anomalies: [...leaked, ...splits],
    controlAnomalies: splitsOf(history, "naive"),
    ratios: [
      ratio({ to: "ours", estimate: 1.04, low: 0.8, high: 1.31 }),
      ratio({ estimate: 3.4, low: 2.9, high: 4.4 }),
      ratio({ to: "naive", estimate: 0.4, low: 0.1, high: 7 }),
    ],
    client: {
      saturated: true,
      reasons: ["the event loop was busy 97 % of the time (limit 90 %)"],
      eventLoopUtilization: 0.97,
      eventLoopDelayP99Ms: 31,
      dispatchLagP99Ms: 12,
    },
  };
  return { result: judged(measured, ["anomalies: count==0", ...passingThresholds.slice(3)]), history };
}

/** Stopped before anything was measured. */
export function interruptedRun(): SyntheticReport {
  return { result: emptyResult, history: null };
}

function judged(measured: StressResult, expressions: readonly string[]): StressResult {
  const thresholds = expressions.map((expression) => parseThreshold(expression, "test"));
  return { ...measured, thresholds: [...evaluateThresholds(thresholds, measured)] };
}

/** Of every key in which two calls say that they created. */
function splitsOf(history: History, variant: string): Anomaly[] {
  return history.registers.flatMap((register): Anomaly[] => {
    if (register.variant !== variant) return [];
    const creators = operationsOfKey(history, register.key).filter(({ created }) => created === true);
    const [one, other] = creators;
    if (one === undefined || other === undefined) return [];
    const { key, path, workload } = register;
    const text = `two calls were answered with two chats, ${one.id} and ${other.id}`;
    return [
      {
        name: "SPLIT_ID",
        key,
        variant: register.variant,
        path,
        workload,
        text,
        witnesses: [one.op, other.op],
      },
    ];
  });
}

const operationsByKey = new WeakMap<History, Map<string, Operation[]>>();

function operationsOfKey(history: History, key: string): readonly Operation[] {
  const known = operationsByKey.get(history) ?? new Map<string, Operation[]>();
  if (known.size === 0)
    for (const operation of operationsOf(history.operations)) {
      const list = known.get(operation.key) ?? [];
      list.push(operation);
      known.set(operation.key, list);
    }
  operationsByKey.set(history, known);
  return known.get(key) ?? [];
}

function resultOf(history: History): StressResult {
  const groups = places.flatMap(({ path, workload, callers }) =>
    variants.map(({ variant }) => {
      const registers = history.registers.filter(
        (one) => one.variant === variant && one.path === path && one.workload === workload,
      );
      return { group: { variant, path, workload }, callers, registers };
    }),
  );
  const latencies: LatencySummary[] = [];
  const contention: Contention[] = [];
  for (const { group, callers, registers } of groups) {
    const operations = registers.flatMap(({ key }) => operationsOfKey(history, key));
    if (operations.length === 0) continue;
    latencies.push(...summarizeLatencies(operations, { ...group, elapsedMs: 6_500 }));
    const unknown = operations.filter(({ outcome }) => outcome === "unknown").length;
    contention.push({
      ...group,
      keys: registers.length,
      operations: operations.length,
      unknown,
      failed: 0,
      contendedKeys: Math.floor(registers.length * 0.93),
      widestOverlap: callers - 3,
      racesLost: Math.floor(operations.length * 0.71),
      certainKeys: registers.length - Math.min(unknown, registers.length),
    });
  }
  const registers = new Map(history.registers.map((register) => [register.key, register]));
  return {
    ...emptyResult,
    contention,
    latencies,
    seconds: [...secondsOf(operationsOf(history.operations), registers)],
    environment: {
      node: "v22.11.0",
      mongodb: "8.0.4 (replica set of one)",
      "write concern": "majority, journaled",
      cpus: "2 × AMD EPYC 7763",
      commit: "12f6ca9",
    },
    client: {
      saturated: false,
      reasons: [],
      eventLoopUtilization: 0.61,
      eventLoopDelayP99Ms: 11.2,
      dispatchLagP99Ms: null,
    },
  };
}
