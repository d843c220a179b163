import { describe, expect, it } from "vitest";
import { historyOf } from "../../src/history/history.ts";
import type { Block, HistoryLine } from "../../src/history/history-line.ts";
import type { Operation } from "../../src/history/operation.ts";
import { type MeasuredBlock } from "../../src/measure/blocks.ts";
import { clientHealth } from "../../src/measure/client-health.ts";
import { latencyGroups, summaryOf } from "../../src/measure/latencies.ts";
import { judgedHistory } from "../../src/measure/judged-history.ts";
import { ratiosOf } from "../../src/measure/ratios.ts";
import { secondsOf } from "../../src/measure/seconds.ts";
import { parseThreshold } from "../../src/thresholds/parse-threshold.ts";
import { register, story } from "../checker/told.ts";
import { passingRun } from "../report/synthetic-runs.ts";

/** A create-or-get that was answered; times are milliseconds here. */
function answered(
  startMs: number,
  endMs: number,
  rest: Partial<Operation> & { readonly intendedMs?: number } = {},
): Operation {
  const { intendedMs, ...fields } = rest;
  return {
    type: "op",
    op: 0,
    key: "k",
    kind: "ensure",
    process: "w0",
    intended: intendedMs === undefined ? null : intendedMs * 1e6,
    start: startMs * 1e6,
    end: endMs * 1e6,
    outcome: "ok",
    id: "id",
    created: false,
    asked: null,
    error: null,
    ...fields,
  };
}

const calm = { eventLoopUtilization: 0.4, eventLoopDelayP99Ms: 3 };

function blockOf(operations: readonly Operation[], more: Partial<Block> = {}): MeasuredBlock {
  const place = { variant: "ours", path: "http", workload: "hot" } as const;
  const about = {
    type: "block",
    part: "round",
    round: 0,
    wave: 0,
    twin: false,
    from: 0,
    until: 1e9,
    health: [calm],
  } as const;
  return { ...about, ...place, operations, ...more, health: more.health ?? [calm] };
}

/** Latencies of 1, 2, 3 … milliseconds, in a bad order. */
function ramp(count: number): readonly Operation[] {
  return Array.from({ length: count }, (_, i) => answered(0, ((i * 7_919) % count) + 1));
}

const summariesOf = (operations: readonly Operation[], more: Partial<Block> = {}) =>
  latencyGroups([blockOf(operations, more)]).map(summaryOf);

describe("a summary of latencies", () => {
  it("gives exact figures", () => {
    expect(summariesOf(ramp(10_000))).toMatchObject([
      {
        measured: "service",
        count: 10_000,
        min: 1,
        avg: 5_000.5,
        p50: 5_000,
        p95: 9_500,
        p99: 9_900,
        p999: 9_990,
        max: 10_000,
        perSecond: 10_000,
      },
    ]);
  });

  it.each([
    [1, { p50: 1, p95: null, p99: null, p999: null, max: 1 }],
    [199, { p95: null }],
    [200, { p95: 190, p99: null }],
    [1_000, { p99: 990, p999: null }],
    [9_999, { p999: null }],
  ])("says of %i samples only what they can bear", (count, expected) => {
    expect(summariesOf(ramp(count))[0]).toMatchObject(expected);
  });

  it("measures an open loop from when a call was meant to start, and its service time beside that", () => {
    const late = [
      answered(10, 12, { intendedMs: 0 }),
      answered(20, 22, { intendedMs: 20 }),
      answered(30, 32, { intendedMs: 25 }),
    ];
    expect(summariesOf(late, { part: "open-loop" })).toMatchObject([
      { measured: "response", p50: 7, max: 12, count: 3 },
      { measured: "service", p50: 2, max: 2, count: 3 },
    ]);
  });

  it("is about answered calls only, and there is none without them", () => {
    const unanswered = [answered(0, 5_000, { outcome: "unknown", id: null })];
    expect(summariesOf(unanswered)).toEqual([]);
    expect(summariesOf([...unanswered, answered(0, 3)])).toMatchObject([{ count: 1, max: 3 }]);
  });

  it("is that of the storms where nothing else was timed", () => {
    const storm = blockOf(ramp(20), { part: "storm" });
    expect(latencyGroups([storm])).toHaveLength(1);
    expect(latencyGroups([storm, blockOf(ramp(3))]).map(({ part }) => part)).toEqual(["round"]);
  });
});

describe("a ratio of rounds", () => {
  /** Blocks whose only call took so long, in each round. */
  const side = (variant: "ours" | "base", twin: boolean, ms: readonly number[]): readonly MeasuredBlock[] =>
    ms.map((latency, round) => blockOf([answered(0, latency)], { variant, twin, round }));
  const p50 = (blocks: readonly MeasuredBlock[]) =>
    ratiosOf(blocks, 1).filter(({ metric }) => metric === "latency.p50");

  it("takes both blocks of either build, and is one where they are each other's", () => {
    const [fast, slow] = [Array<number>(8).fill(2), Array<number>(8).fill(8)];
    const blocks = [
      ...side("ours", false, fast),
      ...side("ours", true, slow),
      ...side("base", false, slow),
      ...side("base", true, fast),
    ];
    expect(p50(blocks).map(({ to, estimate }) => [to, estimate.toFixed(9)])).toEqual([
      ["ours", "0.250000000"],
      ["base", "1.000000000"],
    ]);
  });

  it("leaves out rounds in which a side did not come", () => {
    const blocks = [...side("ours", false, [1, 1, 1]), ...side("base", false, [2])];
    expect(p50(blocks)).toMatchObject([{ to: "base", rounds: 1, estimate: 0.5 }]);
  });
});

describe("the seconds of a run", () => {
  it("count calls in the second in which they ended, and no merges", () => {
    const registers = [
      register({ key: "k", path: "http" }),
      register({ key: "n", path: "http", variant: "naive" }),
    ];
    const calls = [
      answered(1_500, 2_100),
      answered(100, 110),
      answered(200, 230),
      answered(900, 1_500, { outcome: "unknown", id: null, created: null }),
      answered(100, 120, { key: "n" }),
      { ...answered(0, 5_000, { kind: "merge", asked: "a", id: "b", created: null }) },
    ];
    const lines: readonly HistoryLine[] = [story({ calls: [] }).header, ...registers, ...calls];
    expect(secondsOf(historyOf(lines))).toEqual([
      { at: 0, variant: "naive", path: "http", ok: 1, failed: 0, unknown: 0, p50: 20, p99: 20, max: 20 },
      { at: 0, variant: "ours", path: "http", ok: 2, failed: 0, unknown: 0, p50: 10, p99: 30, max: 30 },
      { at: 1, variant: "ours", path: "http", ok: 0, failed: 0, unknown: 1, p50: null, p99: null, max: null },
      { at: 2, variant: "ours", path: "http", ok: 1, failed: 0, unknown: 0, p50: 600, p99: 600, max: 600 },
    ]);
  });
});

describe("the health of the client", () => {
  it("is that of the worst process, and says what was too much", () => {
    const busy = { eventLoopUtilization: 0.97, eventLoopDelayP99Ms: 80 };
    expect(clientHealth([blockOf([], { health: [calm] })])).toMatchObject({ saturated: false, ...calm });
    expect(clientHealth([blockOf([], { health: [calm, busy] })]).reasons).toEqual([
      "the event loop was busy 97 % of the time (limit 90 %)",
      "the event loop was up to 80.0 ms late at the 99th percentile (limit 25 ms)",
    ]);
  });

  it("is bad where an open loop sends late", () => {
    const late = Array.from({ length: 100 }, (_, i) =>
      answered(i + (i < 90 ? 0 : 40), i + 41, { intendedMs: i }),
    );
    expect(clientHealth([blockOf(late, { part: "open-loop" })])).toMatchObject({
      saturated: true,
      dispatchLagP99Ms: 40,
    });
  });

  it("is not made up where nothing was measured", () => {
    expect(clientHealth([]).saturated).toBe(false);
  });
});

describe("a history that is measured again", () => {
  it("gives ratios of rounds, and lets any percentile be claimed later", () => {
    const { history } = passingRun();
    if (history === null) throw new Error("no history");
    const thresholds = [
      "latency{variant:ours,workload:hot}: p(97.5)<60s",
      "latency: avg<60s",
      "latency: min>0",
    ].map((text) => parseThreshold(text, "test"));
    const measured = judgedHistory(history, { thresholds, usualThresholds: [] });
    expect(measured.thresholds.map(({ outcome }) => outcome)).toEqual(["met", "met", "met"]);
    const mongoose = measured.ratios.find(
      ({ to, metric, path }) => to === "mongoose" && metric === "latency.p50" && path === "domain",
    );
    expect(mongoose?.estimate).toBeGreaterThan(0.5);
    expect(mongoose?.estimate).toBeLessThan(0.8);
    expect(mongoose?.high).toBeLessThan(1);
  });
});
