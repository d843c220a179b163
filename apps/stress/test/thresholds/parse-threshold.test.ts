import { describe, expect, it } from "vitest";
import { parseThreshold, parseThresholdFile } from "../../src/thresholds/parse-threshold.ts";

const parse = (text: string) => parseThreshold(text, "--threshold");

describe("a threshold", () => {
  it("has a metric, tags, an aggregate, an operator and a limit", () => {
    expect(parse("latency{path:http,variant:ours}: p(99)<80")).toEqual({
      expression: "latency{path:http,variant:ours}: p(99)<80",
      severity: "fail",
      metric: "latency",
      ratio: null,
      tags: { path: "http", variant: "ours" },
      aggregate: "p(99)",
      operator: "<",
      unit: "ms",
      limit: 80,
    });
  });

  it.each([
    ["errors{phase:baseline}: rate==0", { operator: "==", limit: 0, tags: { phase: "baseline" } }],
    ["recovery{fault:db-kill}: max<5s", { limit: 5_000 }],
    ["recovery: max <= 1.5 m", { operator: "<=", limit: 90_000 }],
    ["latency: med<250us", { limit: 0.25 }],
    ["throughput{variant:ours}:rate>100/s", { operator: ">", limit: 100 }],
    ["errors: rate<0.5%", { limit: 0.005 }],
    ["contention{variant:ours}: contended_keys>0", { aggregate: "contended_keys", limit: 0 }],
    ["anomalies{name:SPLIT_ID}: count==0", { tags: { name: "SPLIT_ID" } }],
    ["errors: rate<0.85 !invalid", { severity: "invalid", expression: "errors: rate<0.85" }],
    [
      "ratio(latency.p50){ours/raw,path:http}: est<1.25",
      { ratio: { metric: "latency.p50", of: "ours", to: "raw" }, tags: { path: "http" } },
    ],
    [
      "ratio( throughput ){ ours / naive } : lo >= .5x".replace(" .5", " 0.5"),
      { operator: ">=", limit: 0.5 },
    ],
    ["aa_ratio: contains 1", { aggregate: "contains", operator: "contains", limit: 1 }],
    ["latency{}: max<1e3", { tags: {}, limit: 1_000 }],
  ])("can be %s", (text, expected) => {
    expect(parse(text)).toMatchObject(expected);
  });

  it.each([
    ["", 'expected "metric{tag:value}: aggregate operator value", such as latency{path:http}: p(99)<80'],
    ["latncy: p(99)<80", '"latncy" is no metric; use latency, throughput,'],
    ["latency p(99)<80", 'expected "metric{tag:value}: aggregate operator value"'],
    ["latency{host:a}: p(99)<80", '"host" is no tag of latency; use variant, path, workload, measured'],
    ["latency{path:https}: p(99)<80", '"https" is no path; use domain, http, http-batch'],
    ["latency{path:http: p(99)<80", 'expected "metric{tag:value}'],
    ["latency: q(98)<80", '"q(98)" is no aggregate of latency; use avg, min, med, max, p(N)'],
    ["latency: p(99) 80", "expected one of <= >= == != < > before the value"],
    ["latency: p(99)<fast", 'expected "metric{tag:value}'],
    ["latency: p(99)<80 km", '"km" is no unit here; use ms, s, us, µs, m or none'],
    ["contention: contended_keys>5ms", '"ms" is no unit here; this figure has no unit'],
    ["latency: p(99)<80 && max<5", 'expected "metric{tag:value}'],
    ["ratio{ours/raw}: est<2", "a ratio, and nothing else, compares a metric of two sides"],
    ["ratio(latency.p50): est<2", "a ratio, and nothing else, compares a metric of two sides"],
    ["ratio(latency.p50){ours}: est<2", "a ratio, and nothing else, compares a metric of two sides"],
    ["errors{phase:fault,workload:hot}: count<1", "errors by phase are not told apart by workload"],
    ["latency: contains 1", '"contains" is no aggregate of latency'],
  ])("says of %j what is wrong and what would be right", (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it.each(["avg", "min", "med", "max", "p(50)", "p(98)", "p(99.95)"])(
    "may be about %s, as in k6",
    (aggregate) => {
      expect(parse(`latency: ${aggregate}<80`)).toMatchObject({ aggregate, unit: "ms", limit: 80 });
    },
  );

  it("is shown with what is wrong", () => {
    expect(() => parse("latency: q(98)<80")).toThrow("\n  latency: q(98)<80");
  });
});

describe("a file of thresholds", () => {
  it("has the shape of k6's options", () => {
    const file = JSON.stringify({
      thresholds: {
        "latency{path:http}": ["p(99)<80", "max<2s !invalid"],
        aa_ratio: ["contains 1"],
      },
    });
    expect(parseThresholdFile(file, "t.json")).toMatchObject([
      { expression: "latency{path:http}: p(99)<80", severity: "fail" },
      { expression: "latency{path:http}: max<2s", severity: "invalid" },
      { expression: "aa_ratio: contains 1" },
    ]);
  });

  it.each([
    ["{", "t.json is not JSON"],
    ["[]", "t.json is no file of thresholds"],
    ['{"tresholds": {}}', "t.json is no file of thresholds"],
    ['{"thresholds": {"latency": [5]}}', "t.json is no file of thresholds"],
    ['{"thresholds": {"latency": [{"threshold": "max<5", "abortOnFail": true}]}}', "t.json is no file"],
    [
      '{"thresholds": {"latency": ["max<5", "max>x"]}}',
      't.json, thresholds["latency"][1]: expected "metric{tag:value}',
    ],
  ])("says of %s what is wrong", (text, message) => {
    expect(() => parseThresholdFile(text, "t.json")).toThrow(message);
  });
});
