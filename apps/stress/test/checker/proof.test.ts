import { describe, expect, test } from "vitest";
import { checkHistory } from "../../src/checker/check-history.ts";
import {
  created,
  found,
  got,
  merged,
  refused,
  register,
  resolved,
  stored,
  type Story,
  story,
  unanswered,
} from "./told.ts";

const contended: Story = {
  calls: [created("x", 0, 5), got("x", 1, 6)],
  audit: [stored(["x"])],
};

const problemsOf = (told: Story) => checkHistory(story(told)).problems;

describe("contention", () => {
  test("is counted from creating calls that were under way when the first one ended", () => {
    const calls = [
      found(null, 0, 1),
      created("x", 1, 5),
      got("x", 2, 9),
      got("x", 5, 8),
      got("x", 6, 7),
      unanswered(got("x", 3, 20)),
      refused("UNAVAILABLE", 0, 20),
    ];
    expect(checkHistory(story({ calls })).contention).toEqual([
      {
        variant: "ours",
        path: "domain",
        workload: "burst",
        keys: 1,
        operations: 7,
        unknown: 1,
        failed: 1,
        contendedKeys: 1,
        widestOverlap: 5,
        racesLost: 2,
        certainKeys: 0,
      },
    ]);
  });

  test("one after the other is none", () => {
    const { contention } = checkHistory(
      story({ calls: [created("x", 0, 5), got("x", 6, 7), got("x", 8, 9)] }),
    );
    expect(contention).toMatchObject([{ contendedKeys: 0, widestOverlap: 1, racesLost: 0, certainKeys: 1 }]);
  });

  test("is summed per variant, path and workload", () => {
    const registers = [
      register(),
      register({ key: "b", participants: ["b"] }),
      register({ key: "c", participants: ["c"], path: "http" }),
    ];
    const { contention } = checkHistory(story({ registers, calls: contended.calls }));
    expect(contention.map(({ path, keys, operations }) => [path, keys, operations])).toEqual([
      ["domain", 2, 2],
      ["http", 1, 0],
    ]);
  });
});

describe("what makes a history prove nothing", () => {
  test("nothing, when it is whole, audited and contended", () => {
    expect(problemsOf(contended)).toEqual([]);
  });

  test("it was cut short", () => {
    expect(problemsOf({ ...contended, cutShort: true })).toContain(
      "the history was cut short: what is missing could show an anomaly",
    );
  });

  test("lines of it are missing", () => {
    const whole = story(contended);
    const footer = { type: "end", operations: 3, registers: 2, audited: true } as const;
    expect(checkHistory({ ...whole, footer }).problems).toEqual([
      "the history says that it holds 3 operations, and holds 2",
      "the history says that it holds 2 keys, and holds 1",
    ]);
  });

  test("the database was not read at the end, or not for everybody", () => {
    expect(problemsOf({ ...contended, audit: [] })).toContain("the database was not read at the end");
    const registers = [register(), register({ key: "b", participants: ["b"] })];
    expect(problemsOf({ ...contended, registers })).toContain("b was not read at the end");
  });

  test("keys that are called, or read at the end, and not declared", () => {
    expect(
      problemsOf({ ...contended, calls: [...contended.calls, { ...got("x", 7, 8), key: "z" }] }),
    ).toContain("z was called and not declared");
    expect(problemsOf({ ...contended, audit: [stored(["x"]), stored([], {}, "z")] })).toContain(
      "z was read at the end and not declared",
    );
  });

  test("a key that is declared, or read, twice", () => {
    expect(problemsOf({ ...contended, registers: [register(), register()] })).toContain(
      "k was declared more than once",
    );
    expect(problemsOf({ ...contended, audit: [stored(["x"]), stored(["x"])] })).toContain(
      "k was read more than once at the end",
    );
  });

  test("two keys for the same people in the same scope", () => {
    const registers = [register(), register({ key: "twin" })];
    expect(problemsOf({ ...contended, registers })).toContain(
      "k was not alone with its people and its scope",
    );
  });

  test("a number that two operations have", () => {
    const calls = [
      { ...created("x", 0, 5), op: 7 },
      { ...got("x", 1, 6), op: 3 },
      { ...got("x", 2, 6), op: 7 },
    ];
    expect(problemsOf({ ...contended, calls })).toContain("more than one operation has the number 7");
  });

  test("an operation that ends before it starts; its key is then not judged at all", () => {
    const told = { calls: [got("x", 6, 5), got("y", 0, 1)], audit: [stored([])] };
    expect(checkHistory(story(told)).anomalies).toEqual([]);
    expect(problemsOf(told)).toContain("operation 1 of k ends before it starts: k was not judged");
  });

  test("onechat was not called, not answered, or never by two at once", () => {
    expect(problemsOf({ calls: [] })).toContain("no call on the path domain was answered");
    expect(problemsOf({ calls: [], registers: [register({ variant: "raw" })] })).toContain(
      "onechat itself was not called",
    );
    expect(problemsOf({ calls: [created("x", 0, 1), got("x", 2, 3)] })).toContain(
      "on the path domain no two creating calls for one chat were under way at once",
    );
  });

  test("hardly any call was answered, and no fault explains it", () => {
    const calls = [unanswered(got("x", 2, 5)), unanswered(got("x", 2, 6)), ...contended.calls];
    const mostly = [...calls, unanswered(got("x", 3, 5))];
    expect(problemsOf({ ...contended, calls })).not.toContainEqual(expect.stringContaining("not answered"));
    expect(problemsOf({ ...contended, calls: mostly })).toContainEqual(
      expect.stringMatching(/^3 of 5 calls of onechat were not answered, and no fault was injected yet/),
    );
    const faults = [{ fault: "db-kill", event: "inject", at: 1, target: "database" }] as const;
    const struck = {
      ...contended,
      calls: mostly,
      faults: faults.map((each) => ({ type: "fault" as const, ...each })),
    };
    expect(problemsOf(struck)).not.toContainEqual(expect.stringContaining("not answered"));
  });

  test("most chats can be explained only by calls with unknown outcomes", () => {
    const calls = [unanswered(got("x", 0, 5)), got("x", 1, 6)];
    expect(problemsOf({ ...contended, calls })).toEqual([
      "of 1 of 1 chats only a call with unknown outcome can be the creator",
    ]);
  });

  test("a chat was retired, and the history holds no merge that did it", () => {
    const told = {
      registers: [register({ initial: ["a", "b"] })],
      calls: [got("a", 0, 5), got("a", 1, 6)],
      audit: [stored(["a"], { b: "a" })],
    };
    expect(checkHistory(story(told)).anomalies).toEqual([]);
    expect(problemsOf(told)).toEqual(["b of k was retired, and the history holds no merge that did it"]);
  });

  test("so many merges with unknown outcomes that anything may have become of a chat", () => {
    const initial = ["a", "b", "c", "d", "e", "f"];
    const lost = initial.map((id) => ({ ...unanswered(merged(id, "", 0, 1)), id: null }));
    const told = { registers: [register({ initial })], calls: [...lost, resolved("c", "b", 2, 3)] };
    expect(checkHistory(story(told)).anomalies).toEqual([]);
    expect(problemsOf(told)).toContain("merges of k leave open what became of its chats: k was not judged");
  });
});

describe("a history that was cut short", () => {
  const cut = (calls: Story["calls"], more: Partial<Story> = {}) =>
    checkHistory(story({ calls, cutShort: true, ...more })).anomalies.map(({ name }) => name);

  test("still shows what nothing that is missing could explain", () => {
    expect(cut([created("x", 0, 5), got("y", 1, 6)])).toEqual(["SPLIT_ID"]);
    expect(cut([created("x", 0, 5), found(null, 6, 7)])).toEqual(["TIME_TRAVEL"]);
    const registers = [register({ initial: ["a", "b"] })];
    expect(cut([merged("b", "a", 0, 1), resolved("b", "b", 2, 3)], { registers })).toEqual([
      "STALE_AFTER_MERGE",
    ]);
  });

  test("shows nothing that an operation which is missing may explain", () => {
    expect(cut([got("x", 0, 5)])).toEqual([]);
    expect(cut([got("x", 0, 5), unanswered(got("x", 6, 7))])).toEqual([]);
    const registers = [register({ initial: ["a", "b"] })];
    expect(cut([got("b", 0, 1), got("a", 2, 3)], { registers })).toEqual([]);
    expect(cut([resolved("b", "a", 0, 1), merged("b", "a", 2, 3)], { registers })).toEqual([]);
    const three = [register({ initial: ["a", "b", "c"] })];
    const calls = [
      unanswered(merged("a", "b", 0, 1)),
      merged("b", "c", 0, 9),
      got("a", 0, 1),
      got("c", 2, 3),
    ];
    expect(cut([...calls, resolved("b", "b", 4, 5)], { registers: three })).toEqual([]);
  });
});
