import { describe, expect, it } from "vitest";
import { parseThreshold } from "../../src/thresholds/parse-threshold.ts";
import { parseThresholdFile } from "../../src/thresholds/threshold-file.ts";

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
    ["client_elu: value<0.85 !invalid", { severity: "invalid", expression: "client_elu: value<0.85" }],
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
    ["", "column 1: expected a metric (use latency, throughput,"],
    ["latncy: p(99)<80", 'column 1: "latncy" is no metric; use latency, throughput,'],
    ["latency p(99)<80", 'column 9: expected a ":" between the metric and its condition'],
    [
      "latency{host:a}: p(99)<80",
      'column 9: "host" is no tag of latency; use variant, path, workload, measured',
    ],
    ["latency{path:https}: p(99)<80", 'column 14: "https" is no path; use domain, http, http-batch'],
    ["latency{path:http: p(99)<80", 'column 18: expected a "}" after the tags'],
    [
      "latency: p(98)<80",
      'column 10: "p(98)" is no aggregate of latency; use p(50), med, p(95), p(99), p(99.9), max',
    ],
    ["latency: p(99)=80", "column 15: expected one of <= >= == != < >"],
    ["latency: p(99)<fast", "column 16: expected a number"],
    ["latency: p(99)<80 km", 'column 19: "km" is no unit here; use ms, s, us, µs, m or none'],
    ["contention: contended_keys>5ms", 'column 29: "ms" is no unit here; this figure has no unit'],
    ["latency: p(99)<80 && max<5", 'column 19: expected the end, or "!invalid"'],
    ["ratio{ours/raw}: est<2", 'column 6: expected the compared metric, as in "ratio(latency.p50)"'],
    ["ratio(latency.p50): est<2", 'column 19: expected both sides of the ratio, as in "{ours/raw}"'],
    ["ratio(latency.p50){ours}: est<2", 'column 20: expected both sides, as in "ours/raw"'],
    ["client_elu{path:http}: value<1", 'column 12: "path" is no tag of client_elu; it has none'],
    ["errors{phase:fault,workload:hot}: count<1", "errors by phase are not told apart by workload"],
    ["latency: contains 1", '"contains" is no aggregate of latency'],
  ])("says of %j where it is wrong and what would be right", (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it("is shown with the place marked", () => {
    expect(() => parse("latency: p(98)<80")).toThrow("\n  latency: p(98)<80\n           ^");
  });
});

describe("a file of thresholds", () => {
  it("has the shape of k6's options", () => {
    const file = JSON.stringify({
      thresholds: {
        "latency{path:http}": ["p(99)<80", { threshold: "max<2s", severity: "invalid" }],
        aa_ratio: "contains 1",
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
      't.json, thresholds["latency"][1], column 14: expected a number',
    ],
  ])("says of %s what is wrong", (text, message) => {
    expect(() => parseThresholdFile(text, "t.json")).toThrow(message);
  });
});
