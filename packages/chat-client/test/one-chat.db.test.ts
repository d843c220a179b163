import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApiProcess } from "./api-process.ts";
import { callsOfPair, expectOneChat, twoApis, type TwoApis } from "./calls-of-two-apis.ts";

describe("two API processes on one database, through the typed client", () => {
  let both: TwoApis;
  beforeAll(async () => {
    both = await twoApis();
  });
  afterAll(() => both[Symbol.asyncDispose]());

  it("150 calls for one pair, 5 pairs in a row: one document, one created, 149 existing, no error", async () => {
    for (let pair = 0; pair < 5; pair += 1) {
      const people = [`alice-${pair}`, `bob-${pair}`] as const;
      await expectOneChat(callsOfPair(both.apis, people, 150), { ...both, people, batch: false, retries: 0 });
    }
  });

  it("150 calls that share requests", async () => {
    const people = ["tom", "jerry"] as const;
    await expectOneChat(callsOfPair(both.apis, people, 150), { ...both, people, batch: true, retries: 0 });
  });

  it("a group of five in all 120 orders, each of the five calling", async () => {
    const people = ["ann", "ben", "cleo", "dan", "eve"];
    const calls = permutations(people).map((participants, order) => ({
      api: both.apis[order % 2] as ApiProcess,
      caller: participants[order % 5] ?? "ann",
      participants,
    }));
    expect(calls).toHaveLength(120);
    await expectOneChat(calls, { ...both, people, batch: false, retries: 0 });
  });

  it("no key occurs twice in the end, and nobody's log holds an error or a person", async () => {
    const twice = await both.chats.chats
      .aggregate([
        { $group: { _id: "$participantsKey", chats: { $sum: 1 } } },
        { $match: { chats: { $gt: 1 } } },
      ])
      .toArray();
    expect(twice).toEqual([]);
    const log = both.apis.flatMap((api) => api.log).join("\n");
    expect(log).not.toMatch(/"level":50|alice-|jerry|Bearer/);
  });
});

function permutations(values: readonly string[]): readonly (readonly string[])[] {
  if (values.length <= 1) return [values];
  return values.flatMap((first, index) =>
    permutations(values.toSpliced(index, 1)).map((rest) => [first, ...rest]),
  );
}
