import { describe, expect, it } from "vitest";
import type { CheckedHistory } from "../../src/checker/check-history.ts";
import type { Anomaly, ClientHealth, ThresholdOutcome } from "../../src/measure/result.ts";
import { type Evidence, judge } from "../../src/measure/verdict.ts";

const split: Anomaly = {
  name: "SPLIT_ID",
  key: "k",
  variant: "ours",
  path: "domain",
  workload: "hot",
  text: "",
  witnesses: [1, 2],
};
const caught: Anomaly = { ...split, variant: "naive" };

function checked(anomalies: readonly Anomaly[], problems: readonly string[] = []): CheckedHistory {
  const counts = { keys: 1, operations: 9, unknown: 0, failed: 0, contendedKeys: 1, widestOverlap: 9 };
  const group = { path: "domain", workload: "hot", ...counts, racesLost: 8, certainKeys: 1 } as const;
  const contention = (["ours", "naive"] as const).map((variant) => ({ variant, ...group }));
  return { anomalies, contention, faults: [], problems };
}

const healthy: ClientHealth = {
  saturated: false,
  reasons: [],
  eventLoopUtilization: 0.2,
  eventLoopDelayP99Ms: 1,
  dispatchLagP99Ms: null,
};
const busy: ClientHealth = { ...healthy, saturated: true, reasons: ["it was busy"] };

function threshold(
  outcome: ThresholdOutcome["outcome"],
  severity: ThresholdOutcome["severity"] = "fail",
): ThresholdOutcome {
  const figures = { observed: 1, low: null, high: null, unit: "ms", decidedBy: "somebody" } as const;
  return { expression: "latency: p(99)<80", severity, outcome, ...figures };
}

const good: Evidence = {
  history: {
    header: { type: "history", version: 1, run: "r", seed: 1, profile: "ci", startedAt: "" },
    footer: null,
  },
  checked: checked([caught]),
  thresholds: [],
  needsSpeed: false,
  client: healthy,
  interrupted: false,
  bug: null,
  omissions: [],
};

function verdictOf(evidence: Partial<Evidence>): string {
  return judge({ ...good, ...evidence }).verdict;
}

describe("the verdict", () => {
  it("is pass only when nothing speaks against it", () => {
    expect(judge(good)).toEqual({ verdict: "pass", reasons: [], notes: [] });
  });

  it.each([
    ["anomaly", { checked: checked([split, caught]) }],
    ["bug", { bug: "oh" }],
    ["interrupted", { interrupted: true }],
    ["unknown", { checked: checked([]) }],
    ["unknown", { checked: checked([caught], ["the history was cut short"]) }],
    ["unknown", { omissions: ["the fault db-kill was not injected"] }],
    ["unknown", { client: busy, needsSpeed: true }],
    ["unknown", { thresholds: [threshold("inconclusive")] }],
    ["unknown", { thresholds: [threshold("unmeasured")] }],
    ["unknown", { thresholds: [threshold("missed", "invalid")] }],
    ["threshold", { thresholds: [threshold("met"), threshold("missed")] }],
  ] satisfies readonly [string, Partial<Evidence>][])("is %s for %j", (verdict, evidence) => {
    expect(verdictOf(evidence)).toBe(verdict);
    expect(judge({ ...good, ...evidence }).reasons).not.toEqual([]);
  });

  it("only mentions a busy client where nobody claimed anything about speed", () => {
    expect(judge({ ...good, client: busy })).toMatchObject({
      verdict: "pass",
      reasons: [],
      notes: [expect.stringContaining("too busy")],
    });
  });

  it("asks of somebody else's subject that callers really met there", () => {
    const header = { ...good.history.header, subject: "my-store.mjs" };
    const history = { header, footer: null };
    expect(judge({ ...good, history }).verdict).toBe("pass");
    const { contention } = good.checked;
    const alone = { ...good.checked, contention: contention.map((group) => ({ ...group, racesLost: 0 })) };
    expect(judge({ ...good, history, checked: alone }).reasons).toEqual([
      "no call lost a race on my-store.mjs: callers did not really meet there",
    ]);
  });

  it("claims nothing of a database that it has not read", () => {
    const footer = { type: "end", operations: 1, registers: 1, audited: true, audit: "reads" } as const;
    const header = { ...good.history.header, subject: "my-store.mjs" };
    expect(judge({ ...good, history: { header, footer } }).notes).toEqual([
      "my-store.mjs was read at the end by a new process; what its database held is not known",
    ]);
  });

  it("is the worst of everything: an anomaly is never masked", () => {
    const everything: Partial<Evidence> = {
      thresholds: [threshold("missed")],
      omissions: ["something"],
      interrupted: true,
      bug: "oh",
    };
    expect(verdictOf({ ...everything, checked: checked([split]) })).toBe("anomaly");
    expect(verdictOf(everything)).toBe("bug");
    expect(verdictOf({ ...everything, bug: null })).toBe("interrupted");
    expect(verdictOf({ ...everything, bug: null, interrupted: false })).toBe("unknown");
  });
});
