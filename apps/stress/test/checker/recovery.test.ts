import { describe, expect, test } from "vitest";
import { checkHistory } from "../../src/checker/check-history.ts";
import { judge } from "../../src/measure/verdict.ts";
import { emptyResult } from "../report/results.ts";
import type { FaultEvent, MachineReading } from "../../src/history/history-line.ts";
import { anomaliesIn, created, got, refused, register, story, type Told, unanswered } from "./told.ts";

const second = 1e9;
const fault = (event: "inject" | "heal", at: number, more: Partial<FaultEvent> = {}): FaultEvent => ({
  type: "fault",
  fault: "db-kill",
  target: "database",
  event,
  at,
  ...more,
});
const faults = [fault("inject", 10 * second), fault("heal", 12 * second)];
const before = created("x", 0, 5);
const elsewhere = register({ key: "elsewhere", path: "http", participants: ["eve"] });
const late = (from: number, until: number): Told => unanswered(got("x", from * second, until * second));

function verdictOn(history: ReturnType<typeof story>) {
  const checked = checkHistory(history);
  const judgement = judge({
    history,
    checked,
    thresholds: [],
    needsSpeed: false,
    client: emptyResult.client,
  });
  return { ...judgement, anomalies: checked.anomalies };
}

describe("STUCK", () => {
  test("a path that is never answered again after a fault", () => {
    expect(anomaliesIn({ calls: [before, late(13, 15), late(14, 16)], faults })).toEqual(["STUCK 2 3"]);
  });

  test("not, while it may still be settling", () => {
    expect(anomaliesIn({ calls: [before, late(12, 12.9)], faults })).toEqual([]);
  });

  test("not, if anybody on it is answered later", () => {
    const calls = [before, late(13, 15), got("x", 16 * second, 17 * second)];
    expect(anomaliesIn({ calls, faults })).toEqual([]);
  });

  test("not, if nobody calls", () => {
    expect(anomaliesIn({ calls: [before], faults })).toEqual([]);
  });

  test("not, before a fault or without any", () => {
    expect(anomaliesIn({ calls: [before, late(13, 15)] })).toEqual([]);
    expect(anomaliesIn({ calls: [late(1, 9)], faults })).toEqual([]);
  });

  test("not, while another fault goes on, or when the next one cuts the call off", () => {
    const other = { fault: "api-kill", target: "api 1" } as const;
    const both = [...faults, fault("inject", 11 * second, other), fault("heal", 20 * second, other)];
    expect(anomaliesIn({ calls: [before, late(13, 15)], faults: both })).toEqual([]);
    const next = [...faults, fault("inject", 14 * second)];
    expect(anomaliesIn({ calls: [before, late(13, 15)], faults: next })).toEqual([]);
  });

  test("one chat, while others on the same path are answered", () => {
    const registers = [register(), register({ key: "other", participants: ["eve"] })];
    const others = { ...created("y", 13 * second, 14 * second), key: "other", process: "w2" };
    const calls = [before, others, late(13.5, 15)];
    expect(anomaliesIn({ registers, calls, faults })).toEqual(["STUCK 3"]);
  });

  test("one process, while others are answered", () => {
    const calls = [
      before,
      late(14, 15),
      late(15, 16),
      { ...got("x", 16 * second, 17 * second), process: "w2" },
    ];
    expect(anomaliesIn({ calls, faults })).toEqual(["STUCK 2 3"]);
  });

  test("one path, while others are answered", () => {
    const calls = [before, { ...late(13, 15), key: "elsewhere" }, got("x", 13 * second, 14 * second)];
    expect(anomaliesIn({ registers: [register(), elsewhere], calls, faults })).toEqual(["STUCK 2"]);
  });
});

describe("the machine", () => {
  const reading = (from: number, until: number, more: Partial<MachineReading> = {}): MachineReading => ({
    type: "machine",
    from: from * second,
    until: until * second,
    timersLateMs: 2,
    tookMs: { database: 4 },
    ...more,
  });
  const slow = { timersLateMs: 120, tookMs: { database: 612, api: 900 } };
  const silence = [late(13, 14), late(14, 15), late(15, 16)];
  const judged = (machine: readonly MachineReading[], calls: readonly Told[] = silence) =>
    verdictOn(story({ calls: [before, ...calls], faults, machine }));

  test("was fast: a path that is silent is stuck, and the figures are with it", () => {
    const { verdict, anomalies } = judged([reading(12, 14), reading(14, 16)]);
    expect(verdict).toBe("anomaly");
    expect(anomalies).toMatchObject([
      {
        name: "STUCK",
        witnesses: [2, 3, 4],
        text:
          "nothing on this path was answered after a fault had ended, though 3 calls were made; " +
          "meanwhile a plain write took up to 4 ms, timers were up to 2 ms late",
      },
    ]);
  });

  test("was too slow, as the database shows: nobody knows, and the figures are said", () => {
    const { verdict, anomalies, reasons } = judged([reading(12, 14, slow), reading(14, 16, slow)]);
    expect({ verdict, anomalies }).toEqual({ verdict: "unknown", anomalies: [] });
    expect(reasons).toContain(
      "the machine was too slow to tell whether k is stuck: nothing on this path was answered after a fault had " +
        "ended, though 3 calls were made; meanwhile a plain write took up to 612 ms, " +
        "a sign of life of the API took up to 900 ms, timers were up to 120 ms late",
    );
  });

  test.each([
    ["its timers", { timersLateMs: 900 }],
    ["a database that does not answer anybody", { tookMs: { database: null } }],
    ["the way to the database", { tookMs: { database: 4, hop: 700 } }],
  ])("was too slow, as can be seen by %s", (_, figures) => {
    expect(judged([reading(12, 16, figures)]).verdict).toBe("unknown");
  });

  test("was slow for a moment: of the other calls there is no doubt", () => {
    const { verdict, anomalies } = judged([reading(12, 14.2), reading(14.2, 14.8, slow), reading(14.8, 16)]);
    expect(verdict).toBe("anomaly");
    expect(anomalies).toMatchObject([{ name: "STUCK", witnesses: [2, 4] }]);
  });

  test("was slow for most of the calls: the others are too few", () => {
    expect(judged([reading(12, 14.2, slow), reading(14.2, 16)]).verdict).toBe("unknown");
  });

  test("was fast, and the API alone does not answer: it is stuck", () => {
    expect(judged([reading(12, 16, { tookMs: { database: 4, api: null } })]).verdict).toBe("anomaly");
  });

  test("was slow in what was measured during the fault: that says nothing of later calls", () => {
    expect(judged([reading(11.9, 14, slow), reading(14, 16)]).verdict).toBe("anomaly");
  });

  test("says nothing of calls that were made when nobody measured", () => {
    expect(judged([reading(12, 13.5, slow)], [late(14, 15), late(15, 16)]).verdict).toBe("anomaly");
  });

  test("is no reason to doubt a run because of a control", () => {
    const control = register({ key: "control", variant: "raw", participants: ["eve"] });
    const calls = [{ ...late(13, 15), key: "control" }];
    const told = { registers: [register(), control], calls: [before, ...calls], faults };
    const { problems, anomalies } = checkHistory(story({ ...told, machine: [reading(12, 16, slow)] }));
    expect({ anomalies, doubts: problems.filter((text) => text.includes("too slow")) }).toEqual({
      anomalies: [],
      doubts: [],
    });
  });

  test("was too slow for a part of a recovery", () => {
    const calls = [late(9, 11), created("x", 15 * second, 17 * second)];
    const machine = [reading(12, 13), reading(13, 14, slow), reading(14, 16), reading(16, 18, slow)];
    const { faults: outcomes } = checkHistory(story({ calls, faults, machine }));
    expect(outcomes).toMatchObject([{ recoveryMs: 5_000, slowMs: 2_000 }]);
  });
});

describe("what a fault did", () => {
  const outcomesOf = (calls: readonly Told[], events: readonly FaultEvent[] = faults) =>
    checkHistory(story({ registers: [register(), elsewhere], calls, faults: events })).faults;

  test("it hit calls under way that were not answered, and not those that were", () => {
    const calls = [before, late(9, 11), late(11, 13), got("x", 9 * second, 10.5 * second), late(13, 14)];
    expect(outcomesOf(calls)).toMatchObject([{ fault: "db-kill", target: "database", hit: 2 }]);
  });

  test("it hit calls that it held up from beginning to end", () => {
    expect(outcomesOf([created("x", 9 * second, 13 * second)])).toMatchObject([{ hit: 1 }]);
  });

  test("it hit what its injector counted", () => {
    const counted = [fault("inject", 10 * second), fault("heal", 12 * second, { struck: 7 })];
    expect(outcomesOf([before], counted)).toMatchObject([{ hit: 7 }]);
  });

  test("recovery is counted up to the first answer on the way that was hit", () => {
    const calls = [
      late(9, 11),
      { ...created("y", 12 * second, 12.001 * second), key: "elsewhere" },
      refused("UNAVAILABLE", 12 * second, 12.1 * second),
      created("x", 12.2 * second, 12.3 * second),
    ];
    expect(outcomesOf(calls)[0]?.recoveryMs).toBeCloseTo(300);
  });

  test("without an answer there was no recovery; without an end of the fault, none can be known", () => {
    expect(outcomesOf([late(9, 11), late(13, 14)])).toMatchObject([{ recoveryMs: null }]);
    const unhealed = [fault("inject", 10 * second)];
    expect(outcomesOf([late(9, 11), got("x", 13 * second, 14 * second)], unhealed)).toMatchObject([
      { healedAt: null, recoveryMs: null, hit: 1 },
    ]);
  });

  test("every time that a fault strikes is an outcome of its own", () => {
    const twice = [...faults, fault("inject", 20 * second), fault("heal", 21 * second)];
    expect(outcomesOf([before], twice).map(({ injectedAt, healedAt }) => [injectedAt, healedAt])).toEqual([
      [10 * second, 12 * second],
      [20 * second, 21 * second],
    ]);
  });
});
