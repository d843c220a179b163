import { describe, expect, it } from "vitest";
import type { LatencyGroup } from "../../src/measure/latencies.ts";
import { judgeThresholds } from "../../src/thresholds/judge-thresholds.ts";
import type { Measured } from "../../src/thresholds/metrics.ts";
import { parseThreshold } from "../../src/thresholds/parse-threshold.ts";
import { contention, emptyResult, fault, ratio, second } from "../report/results.ts";

/** A thousand calls of the subject, all of which took so long. */
function sampleOf(ms: number, about: Partial<LatencyGroup> = {}): LatencyGroup {
  const place = {
    variant: "ours",
    path: "http",
    workload: "hot",
    measured: "service",
    part: "round",
  } as const;
  return { ...place, sorted: new Float64Array(1_000).fill(ms), elapsedMs: 1_000, ...about };
}

function outcomeOf(expression: string, measured: Partial<Measured>) {
  const threshold = parseThreshold(expression, "test");
  const [outcome] = judgeThresholds([threshold], { ...emptyResult, samples: [], ...measured });
  return outcome;
}

describe("a threshold of latency", () => {
  const samples = [
    sampleOf(14),
    sampleOf(90, { workload: "fresh" }),
    sampleOf(400, { workload: "fresh", variant: "naive" }),
  ];

  it("has to be met by every figure that it is about; the worst one decides", () => {
    expect(outcomeOf("latency{variant:ours}: p(99)<95", { samples })).toEqual({
      expression: "latency{variant:ours}: p(99)<95",
      severity: "fail",
      outcome: "met",
      unit: "ms",
      observed: 90,
      low: null,
      high: null,
      decidedBy: "ours http fresh",
    });
    expect(outcomeOf("latency{variant:ours}: p(99)<80", { samples })).toMatchObject({
      outcome: "missed",
      observed: 90,
    });
    expect(outcomeOf("latency{variant:ours,workload:hot}: p(99)<80", { samples })?.outcome).toBe("met");
  });

  it("is unmeasured where there were too few samples, or no calls of the kind", () => {
    const few = [sampleOf(14, { sorted: new Float64Array(999).fill(14) })];
    expect(outcomeOf("latency: p(99)<80", { samples: few })).toMatchObject({
      outcome: "unmeasured",
      observed: null,
      decidedBy: "ours http hot: too few samples, or not measured",
    });
    expect(outcomeOf("latency{path:domain}: p(99)<80", { samples })).toMatchObject({
      outcome: "unmeasured",
      decidedBy: "the run has no such figure",
    });
  });

  it("is about what a user waits where an open loop measured it, unless the service time is asked for", () => {
    const open = [sampleOf(9, { measured: "response" }), sampleOf(4)];
    expect(outcomeOf("latency: p(50)<5", { samples: open })).toMatchObject({
      outcome: "missed",
      observed: 9,
    });
    expect(outcomeOf("latency{measured:service}: p(50)<5", { samples: open })?.outcome).toBe("met");
  });
});

describe("a threshold of counts", () => {
  it("adds up what calls came to", () => {
    const groups = [contention({ unknown: 3, failed: 1 }), contention({ path: "domain", operations: 1_000 })];
    expect(outcomeOf("errors: rate<0.5%", { contention: groups })).toMatchObject({
      outcome: "met",
      observed: 0.002,
      unit: "share",
    });
    expect(outcomeOf("errors{path:http}: count<4", { contention: groups })?.outcome).toBe("missed");
    expect(outcomeOf("unknown: count<=3", { contention: groups })?.outcome).toBe("met");
    expect(outcomeOf("errors: rate<1", { contention: [] })?.outcome).toBe("unmeasured");
  });

  it("adds up contention, and takes its widest", () => {
    const groups = [contention(), contention({ workload: "fresh", contendedKeys: 0, widestOverlap: 1 })];
    expect(outcomeOf("contention: contended_keys>8", { contention: groups })?.outcome).toBe("met");
    expect(outcomeOf("contention: widest_overlap>=50", { contention: groups })?.outcome).toBe("met");
    expect(outcomeOf("contention: certain_share>=0.9", { contention: groups })).toMatchObject({
      observed: 1,
    });
    expect(outcomeOf("contention{workload:fresh}: contended_keys>0", { contention: groups })?.outcome).toBe(
      "missed",
    );
  });

  it("counts anomalies, of which there may be none", () => {
    const anomaly = {
      name: "SPLIT_ID",
      key: "k",
      variant: "naive",
      path: "http",
      workload: "hot",
      text: "two ids",
      witnesses: [1, 2],
    } as const;
    const anomalies = [{ ...anomaly, witnesses: [1, 2] }];
    expect(outcomeOf("anomalies: count==0", {})?.outcome).toBe("met");
    expect(outcomeOf("anomalies: count==0", { anomalies })).toMatchObject({
      outcome: "missed",
      decidedBy: "SPLIT_ID",
    });
    expect(
      outcomeOf("control_anomalies{variant:naive}: count>0", { controlAnomalies: anomalies })?.outcome,
    ).toBe("met");
  });
});

describe("a threshold of phases and faults", () => {
  const faults = [fault()];
  const seconds = [
    second(5),
    second(9, { failed: 2 }),
    second(11, { ok: 0, unknown: 30 }),
    second(12, { unknown: 1 }),
    second(20),
    second(21, { unknown: 7 }),
  ];

  it("tells calls before a fault from those during it and after it", () => {
    const run = { faults, seconds };
    expect(outcomeOf("errors{phase:baseline}: count<3", run)).toMatchObject({ observed: 2 });
    expect(outcomeOf("errors{phase:fault}: count>0", run)).toMatchObject({ observed: 31 });
    expect(outcomeOf("errors{phase:healed}: count==0", run)).toMatchObject({
      outcome: "missed",
      observed: 7,
    });
  });

  it("is missed by a fault after which nobody was ever answered", () => {
    expect(outcomeOf("recovery{fault:db-kill}: max<5s", { faults })).toMatchObject({
      outcome: "met",
      observed: 500,
    });
    const dead = [...faults, fault({ recoveryMs: null })];
    expect(outcomeOf("recovery{fault:db-kill}: max<5s", { faults: dead })).toMatchObject({
      outcome: "missed",
      observed: null,
      decidedBy: "db-kill the database: never",
    });
  });

  it("is inconclusive where only a machine that was too slow may have missed it", () => {
    const slow = [fault({ recoveryMs: 34_000, slowMs: 10_000 })];
    expect(outcomeOf("recovery: max<30s", { faults: slow })).toMatchObject({
      outcome: "inconclusive",
      observed: 34_000,
      low: 24_000,
      high: 34_000,
      decidedBy: "db-kill the database, while the machine was too slow for 10.0 s",
    });
    expect(outcomeOf("recovery: max<20s", { faults: slow })?.outcome).toBe("missed");
    expect(outcomeOf("recovery: max<40s", { faults: slow })?.outcome).toBe("met");
  });

  it("has nothing to recover from where a fault never ends", () => {
    const missing = [fault({ fault: "index-missing", healedAt: null, recoveryMs: null })];
    expect(outcomeOf("recovery: max<5s", { faults: missing })?.outcome).toBe("unmeasured");
    expect(outcomeOf("fault_hits{fault:index-missing}: count>=1", { faults: missing })?.outcome).toBe("met");
  });
});

describe("a threshold of a ratio", () => {
  const judge = (condition: string, low: number | null, high: number | null, estimate = 1.2) =>
    outcomeOf(`ratio(latency.p50){ours/raw}: ${condition}`, { ratios: [ratio({ estimate, low, high })] })
      ?.outcome;

  it("is met or missed only when the whole interval says so", () => {
    expect(judge("est<1.25", 1.1, 1.24)).toBe("met");
    expect(judge("est<1.25", 1.25, 1.4, 1.3)).toBe("missed");
    expect(judge("est<1.25", 1.1, 1.4)).toBe("inconclusive");
    expect(judge("est<1.25", 1.1, 1.4, 1.3)).toBe("inconclusive");
    expect(judge("est>1.1", 1.2, 1.4)).toBe("met");
    expect(judge("est>1.5", 1.2, 1.4)).toBe("missed");
    expect(judge("est>1.3", 1.2, 1.4)).toBe("inconclusive");
  });

  it("can be about one end of the interval; missed is still only what is proven", () => {
    expect(judge("lo<1.25", 1.1, 1.4)).toBe("met");
    expect(judge("hi<1.25", 1.1, 1.4)).toBe("inconclusive");
    expect(judge("lo<1.25", 1.3, 1.4)).toBe("missed");
    expect(judge("hi>1.3", 1.2, 1.4)).toBe("met");
    expect(judge("lo>1.3", 1.2, 1.4)).toBe("inconclusive");
  });

  it("is inconclusive without an interval, and unmeasured without a ratio", () => {
    expect(judge("est<1.25", null, null, 0.5)).toBe("inconclusive");
    expect(judge("est<1.25", 1, 1, Number.NaN)).toBe("unmeasured");
    expect(outcomeOf("ratio(latency.p50){ours/naive}: est<2", { ratios: [ratio()] })?.outcome).toBe(
      "unmeasured",
    );
    expect(outcomeOf("ratio(latency.p99){ours/raw}: est<2", { ratios: [ratio()] })?.outcome).toBe(
      "unmeasured",
    );
  });

  it("of a variant with itself has to contain one, and is found by its two equal sides", () => {
    const ratios = [
      ratio({ to: "ours", estimate: 1.01, low: 0.97, high: 1.06 }),
      ratio({ low: 1.2, high: 1.3 }),
    ];
    expect(outcomeOf("aa_ratio: contains 1 !invalid", { ratios })).toMatchObject({
      outcome: "met",
      severity: "invalid",
      low: 0.97,
      high: 1.06,
    });
    const skewed = [ratio({ to: "ours", estimate: 1.1, low: 1.02, high: 1.2 })];
    expect(outcomeOf("aa_ratio: contains 1", { ratios: skewed })?.outcome).toBe("missed");
  });

  it("has to hold in every place that was measured", () => {
    const ratios = [
      ratio(),
      ratio({ workload: "pairs", low: 1.3, high: 1.5 }),
      ratio({ workload: "zipf", low: 1, high: 2 }),
    ];
    expect(outcomeOf("ratio(latency.p50){ours/raw}: est<1.25", { ratios })).toMatchObject({
      outcome: "missed",
      decidedBy: "http pairs, 24 rounds",
    });
  });
});
