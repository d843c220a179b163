import { describe, expect, it } from "vitest";
import type { DatabaseState } from "../src/database-state.ts";
import { type DemoFacts, demoProblems } from "../src/demo-problems.ts";

const before: DatabaseState = {
  liveChats: 10,
  merged: 0,
  messages: 3,
  messagesBySet: new Map([["alice and bob", "3:abc"]]),
};
const migrated: DatabaseState = { ...before, liveChats: 8, merged: 2 };

const facts: DemoFacts = {
  legacy: {
    chats: 10,
    sets: 7,
    losers: 2,
    groups: 1,
    namedGroups: 0,
    broken: {},
    invalid: 1,
    odd: 0,
    messages: 3,
    members: 0,
    documents: {},
  },
  before,
  migrated,
  after: migrated,
  originals: { chats: "1", messages: "2" },
  restored: { chats: "1", messages: "2" },
  parked: [{ reason: "it has no participants", chats: 1 }],
};

describe("what the demonstration looks at", () => {
  it("is as it should be when everything is", () => {
    expect(demoProblems(facts)).toEqual([]);
  });

  it.each<readonly [string, Partial<DemoFacts>, string]>([
    ["a rollback that leaves a difference", { restored: { chats: "1", messages: "3" } }, "messages is not"],
    ["a rollback that leaves nothing", { restored: {} }, "chats is not what it was"],
    ["a duplicate that stays", { after: { ...migrated, liveChats: 9 } }, "live chats after the second up: 9"],
    ["a chat that is merged too much", { migrated: { ...migrated, merged: 3 } }, "merged duplicates"],
    [
      "a message that moves to other people",
      { migrated: { ...migrated, messagesBySet: new Map([["alice and eve", "3:abc"]]) } },
      "2 sets of people have other messages after the first up",
    ],
    ["a message that is lost", { after: { ...migrated, messages: 2 } }, "messages after the second up: 2"],
    ["a chat that is parked without need", { parked: [{ reason: "?", chats: 2 }] }, "parked chats: 2"],
  ])("shows %s", (_what, change, problem) => {
    expect(demoProblems({ ...facts, ...change })).toContainEqual(expect.stringContaining(problem));
  });
});
