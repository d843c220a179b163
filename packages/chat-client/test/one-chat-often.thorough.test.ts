import { afterAll, beforeAll, describe, it } from "vitest";
import { callsOfPair, expectOneChat, twoApis, type TwoApis } from "./calls-of-two-apis.ts";

describe("two API processes on one database, through the typed client, many times", () => {
  let both: TwoApis;
  beforeAll(async () => {
    both = await twoApis();
  });
  afterAll(() => both[Symbol.asyncDispose]());

  it("150 calls for one pair, 50 pairs in a row", async () => {
    for (let pair = 0; pair < 50; pair += 1) {
      const people = [`alice-${pair}`, `bob-${pair}`] as const;
      await expectOneChat(callsOfPair(both.apis, people, 150), {
        ...both,
        people,
        batch: false,
        retries: 100,
      });
    }
  });

  it("1,000 calls for one pair", async () => {
    const people = ["romeo", "juliet"] as const;
    await expectOneChat(callsOfPair(both.apis, people, 1_000), {
      ...both,
      people,
      batch: false,
      retries: 100,
    });
  });
});
