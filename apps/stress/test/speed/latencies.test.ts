import { describe, expect, it } from "vitest";
import { dispatchLags, judgeClient } from "../../src/speed/judge-client.ts";
import { secondsOf } from "../../src/speed/per-second.ts";
import { summarizeLatencies } from "../../src/speed/summarize-latencies.ts";
import { answered } from "./operations.ts";

const group = { variant: "ours", path: "http", workload: "hot", elapsedMs: 1_000 } as const;

/** Latencies of 1, 2, 3 … milliseconds, in a bad order. */
function ramp(count: number): ReturnType<typeof answered>[] {
  return Array.from({ length: count }, (_, i) => answered(0, ((i * 7_919) % count) + 1));
}

describe("a summary of latencies", () => {
  it("gives exact percentiles", () => {
    const [summary] = summarizeLatencies(ramp(10_000), group);
    expect(summary).toMatchObject({
      measured: "service",
      count: 10_000,
      p50: 5_000,
      p95: 9_500,
      p99: 9_900,
      p999: 9_990,
      max: 10_000,
      perSecond: 10_000,
    });
  });

  it.each([
    [1, { p50: 1, p95: null, p99: null, p999: null, max: 1 }],
    [199, { p95: null }],
    [200, { p95: 190, p99: null }],
    [999, { p99: null }],
    [1_000, { p99: 990, p999: null }],
    [9_999, { p999: null }],
  ])("says of %i samples only what they can bear", (count, expected) => {
    expect(summarizeLatencies(ramp(count), group)[0]).toMatchObject(expected);
  });

  it("measures an open loop from when a call was meant to start, and its service time beside that", () => {
    const late = [
      answered(10, 12, { intendedMs: 0 }),
      answered(20, 22, { intendedMs: 20 }),
      answered(30, 32, { intendedMs: 25 }),
    ];
    expect(summarizeLatencies(late, group)).toMatchObject([
      { measured: "response", p50: 7, max: 12, count: 3 },
      { measured: "service", p50: 2, max: 2, count: 3 },
    ]);
  });

  it("is about answered calls only, and there is none without them", () => {
    const unanswered = [
      answered(0, 5_000, { outcome: "unknown", id: null }),
      answered(0, 1, { outcome: "fail", id: null }),
    ];
    expect(summarizeLatencies(unanswered, group)).toEqual([]);
    expect(summarizeLatencies([], group)).toEqual([]);
    expect(summarizeLatencies([...unanswered, answered(0, 3)], group)).toMatchObject([{ count: 1, max: 3 }]);
  });

  it("draws its curve as far out as there are samples", () => {
    const [{ curve } = { curve: [] }] = summarizeLatencies(ramp(1_000), group);
    expect(curve[0]).toEqual([0, 1]);
    expect(curve.at(-1)).toEqual([0.999, 999]);
    expect(curve).toHaveLength(31);
    expect(curve.map(([, ms]) => ms)).toEqual(curve.map(([, ms]) => ms).toSorted((a, b) => a - b));
    expect(summarizeLatencies(ramp(1), group)[0]?.curve).toEqual([[0, 1]]);
  });
});

describe("the seconds of a run", () => {
  const registers = new Map([
    ["k", { variant: "ours", path: "http" } as const],
    ["n", { variant: "naive", path: "http" } as const],
  ]);

  it("count calls in the second in which they ended", () => {
    const seconds = secondsOf(
      [
        answered(1_500, 2_100),
        answered(100, 110),
        answered(200, 230),
        answered(900, 1_500, { outcome: "unknown" }),
        answered(300, 310, { outcome: "fail" }),
        answered(100, 120, { key: "n" }),
      ],
      registers,
    );
    expect(seconds).toEqual([
      { at: 0, variant: "naive", path: "http", ok: 1, failed: 0, unknown: 0, p50: 20, p99: 20, max: 20 },
      { at: 0, variant: "ours", path: "http", ok: 2, failed: 1, unknown: 0, p50: 10, p99: 30, max: 30 },
      { at: 1, variant: "ours", path: "http", ok: 0, failed: 0, unknown: 1, p50: null, p99: null, max: null },
      { at: 2, variant: "ours", path: "http", ok: 1, failed: 0, unknown: 0, p50: 600, p99: 600, max: 600 },
    ]);
  });
});

describe("the health of the client", () => {
  const calm = { eventLoopUtilization: 0.4, eventLoopDelayP99Ms: 3 };

  it("is good while every process has time to spare", () => {
    expect(judgeClient([calm, calm], new Float64Array())).toEqual({
      saturated: false,
      reasons: [],
      ...calm,
      dispatchLagP99Ms: null,
    });
  });

  it("is that of the worst process, and says what was too much", () => {
    const busy = { eventLoopUtilization: 0.97, eventLoopDelayP99Ms: 80 };
    const { saturated, reasons } = judgeClient([calm, busy], new Float64Array());
    expect(saturated).toBe(true);
    expect(reasons).toEqual([
      "the event loop was busy 97 % of the time (limit 90 %)",
      "the event loop was up to 80.0 ms late at the 99th percentile (limit 25 ms)",
    ]);
  });

  it("is bad where an open loop sends late", () => {
    const onTime = Array.from({ length: 90 }, (_, i) => answered(i, i + 1, { intendedMs: i }));
    const late = Array.from({ length: 10 }, (_, i) => answered(i + 40, i + 41, { intendedMs: i }));
    expect(judgeClient([calm], dispatchLags(onTime)).saturated).toBe(false);
    expect(judgeClient([calm], dispatchLags([...onTime, ...late]))).toMatchObject({
      saturated: true,
      dispatchLagP99Ms: 40,
    });
  });

  it("is not made up where nothing could be measured", () => {
    const blind = { eventLoopUtilization: Number.NaN, eventLoopDelayP99Ms: Number.NaN };
    expect(judgeClient([blind], new Float64Array()).saturated).toBe(false);
    expect(judgeClient([], new Float64Array()).saturated).toBe(false);
  });
});
