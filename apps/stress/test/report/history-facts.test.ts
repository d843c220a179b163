import { describe, expect, it } from "vitest";
import { rowsByRegister } from "../../src/checker/rows-by-register.ts";
import { type History, historyOf } from "../../src/history/history.ts";
import type { Register } from "../../src/history/history-line.ts";
import type { Operation } from "../../src/history/operation.ts";
import { creationWindow } from "../../src/report/history/creation-window.ts";
import { historyFacts } from "../../src/report/history/history-facts.ts";
import { widestOverlap } from "../../src/report/history/widest-overlap.ts";
import type { Anomaly } from "../../src/result/stress-result.ts";
import { answered } from "../speed/operations.ts";

const register: Register = {
  type: "register",
  key: "k",
  variant: "ours",
  path: "domain",
  workload: "hot",
  participants: ["a", "b"],
  scope: "",
  initial: [],
};

function historyWith(operations: readonly Operation[], registers: readonly Register[] = [register]): History {
  return historyOf([
    { type: "history", version: 1, run: "r", seed: 1, profile: "ci", startedAt: "2026-01-02T03:04:05Z" },
    ...registers,
    ...operations.map((operation, i) => ({ ...operation, op: i + 1 })),
  ]);
}

function windowOf(operations: readonly Operation[], initial: readonly string[] = []) {
  const history = historyWith(operations);
  const window = creationWindow(history.operations, rowsByRegister(history).rowsOf(0), {
    initial: [...initial],
  });
  return window === null ? null : [window.from / 1e6, window.until / 1e6];
}

describe("the window in which a chat can have come to be", () => {
  const creator = answered(10, 30, { created: true });

  it("is that of its creator, as long as nobody says more", () => {
    expect(windowOf([creator])).toEqual([10, 30]);
  });

  it("begins no earlier than the last read that saw nothing, and ends with the first answer", () => {
    const sawNothing = answered(15, 40, { kind: "find", id: null, created: null });
    expect(windowOf([sawNothing, creator, answered(5, 25)])).toEqual([15, 25]);
  });

  it("is none at all when somebody saw nothing after the chat was known", () => {
    const tooLate = answered(35, 36, { kind: "find", id: null, created: null });
    expect(windowOf([creator, tooLate])).toEqual([35, 30]);
  });

  it("is open to the end when only a call without an answer can have created, and nobody was answered", () => {
    const lost = answered(3, 8, { outcome: "unknown", id: null, created: null });
    expect(windowOf([lost, answered(1, 2, { outcome: "fail", id: null, created: null })])).toEqual([
      3,
      Number.POSITIVE_INFINITY,
    ]);
    expect(windowOf([lost, answered(9, 12)])).toEqual([3, 12]);
  });

  it("is unknown of chats from before the run, of merged and of several ones, and where nobody created", () => {
    expect(windowOf([creator, answered(11, 12, { id: "another" })])).toBeNull();
    expect(windowOf([creator], ["old"])).toBeNull();
    expect(windowOf([creator, answered(40, 41, { kind: "merge", created: null, asked: "x" })])).toBeNull();
    expect(windowOf([answered(1, 2)])).toBeNull();
  });
});

describe("the widest overlap of a key", () => {
  it("counts calls under way at one instant; such that touch do", () => {
    const history = historyWith([answered(0, 10), answered(5, 20), answered(10, 12), answered(30, 40)]);
    expect(widestOverlap(history.operations, rowsByRegister(history).rowsOf(0))).toBe(3);
    expect(widestOverlap(history.operations, new Int32Array())).toBe(0);
  });
});

describe("what is drawn of a history", () => {
  const key = (n: number): Register => ({ ...register, key: `k${n}` });
  const anomaly = (name: Anomaly["name"], n: number, witnesses: number[]): Anomaly => ({
    name,
    key: `k${n}`,
    variant: "ours",
    path: "domain",
    workload: "hot",
    text: "",
    witnesses,
  });

  it("begins with every kind of anomaly, then goes to the control's, then to the most contended keys", () => {
    const registers = Array.from({ length: 80 }, (_, n) => key(n));
    const calls = registers.flatMap(({ key: name }, n) =>
      Array.from({ length: n === 70 ? 5 : 2 }, () => answered(n, n + 1, { key: name })),
    );
    const facts = historyFacts(
      historyWith(calls, registers),
      {
        anomalies: [
          ...Array.from({ length: 40 }, (_, n) => anomaly("SPLIT_ID", n, [])),
          anomaly("LOST", 50, []),
        ],
        controlAnomalies: [anomaly("SPLIT_ID", 60, [])],
      },
      10_000,
    );
    const keys = facts.timelines.map((timeline) => timeline.key);
    expect(keys.slice(0, 3)).toEqual(["k0", "k50", "k1"]);
    expect(facts.timelines.filter(({ why }) => why === "anomaly")).toHaveLength(24);
    expect(keys[24]).toBe("k60");
    expect(keys[25]).toBe("k70");
    expect(facts.timelineOf.get("k70")).toBe(25);
    expect(facts.timelines.length).toBeLessThan(50);
  });

  it("keeps witnesses and the window of a key that is too large to be drawn whole, and what is near them", () => {
    const calls = Array.from({ length: 5_000 }, (_, i) => answered(i, i + 0.5, { created: i === 4_000 }));
    const facts = historyFacts(
      historyWith(calls),
      { anomalies: [{ ...anomaly("SPLIT_ID", 0, [4_001, 4_900]), key: "k" }], controlAnomalies: [] },
      500,
    );
    const [timeline] = facts.timelines;
    const ops = timeline?.operations.map(([op]) => op) ?? [];
    expect(timeline?.total).toBe(5_000);
    expect(ops).toHaveLength(500);
    expect(ops).toEqual(ops.toSorted((a, b) => a - b));
    expect(ops).toEqual(expect.arrayContaining([1, 4_001, 4_900]));
    expect(facts.witnesses.get(4_900)?.start).toBe(4_899e6);
  });

  it("counts keys by their widest overlap, in powers of two", () => {
    const registers = [key(0), key(1), key(2), key(3)];
    const calls = [1, 2, 3, 4].flatMap((times, n) =>
      Array.from({ length: times }, () => answered(0, 1, { key: `k${n}` })),
    );
    const { overlaps } = historyFacts(
      historyWith(calls, registers),
      { anomalies: [], controlAnomalies: [] },
      100,
    );
    expect(overlaps).toEqual([{ variant: "ours", keys: [1, 1, 2] }]);
  });

  it("is nothing of a history without calls", () => {
    expect(historyFacts(historyWith([]), { anomalies: [], controlAnomalies: [] }, 100)).toMatchObject({
      timelines: [],
      overlaps: [],
    });
  });
});
