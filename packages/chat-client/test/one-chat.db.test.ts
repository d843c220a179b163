import { type ChatConnection, connect } from "@onechat/chat-domain/connect";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiProcess, apiProcess } from "./api-process.ts";

interface Call {
  readonly api: ApiProcess;
  readonly caller: string;
  readonly participants: readonly string[];
}

/** Every combination of process, user and order, in turn. */
function callsOfPair(
  apis: readonly ApiProcess[],
  [a, b]: readonly [string, string],
  count: number,
): readonly Call[] {
  const orders = [[a, b], [b, a], [a, b, a], [b], [b, b, a]] as const;
  const mirrored = [[b, a], [a, b], [b, a, b], [a], [a, a, b]] as const;
  return Array.from({ length: count }, (_, call) => {
    const [caller, participants] = call % 2 === 0 ? [a, orders[call % 5]] : [b, mirrored[call % 5]];
    return {
      api: apis[Math.floor(call / 2) % apis.length] as ApiProcess,
      caller,
      participants: participants ?? [],
    };
  });
}

describe("two API processes on one database, through the typed client", () => {
  const database = databaseName("race");
  let apis: readonly ApiProcess[];
  let chats: ChatConnection;
  beforeAll(async () => {
    chats = connect({ uri: testMongo().uri, database });
    apis = await Promise.all(
      [0, 1].map(() => apiProcess({ MONGODB_URI: testMongo().uri, MONGODB_DB: database })),
    );
  });
  afterAll(async () => {
    await Promise.all(apis.map((api) => api.stop()));
    await chats.db.dropDatabase();
    await chats[Symbol.asyncDispose]();
  });

  async function expectOneChat(
    calls: readonly Call[],
    people: readonly string[],
    batch: boolean,
  ): Promise<void> {
    const ready = await Promise.all(
      calls.map(async ({ api, caller, participants }) => ({
        client: await api.client(caller, { batch, retries: 0, timeoutMs: 240_000 }),
        participants: [...participants],
      })),
    );
    const results = await Promise.all(
      ready.map(({ client, participants }) => client.chat.createOrGet.mutate({ participants })),
    );
    expect(results).toHaveLength(calls.length);
    expect(new Set(results.map((result) => result.chat.id)).size).toBe(1);
    expect(results.filter((result) => result.created)).toHaveLength(1);
    expect(results.filter((result) => !result.created)).toHaveLength(calls.length - 1);
    for (const result of results) expect(result.chat.participants).toEqual([...people].toSorted());
    expect(
      await chats.chats.countDocuments({ participants: { $all: [...people], $size: people.length } }),
    ).toBe(1);
  }

  it("150 calls for one pair, 50 pairs in a row: one document, one created, 149 existing, no error", async () => {
    for (let pair = 0; pair < 50; pair += 1) {
      const people = [`alice-${pair}`, `bob-${pair}`] as const;
      await expectOneChat(callsOfPair(apis, people, 150), people, false);
    }
  });

  it("1,000 calls for one pair", async () => {
    await expectOneChat(callsOfPair(apis, ["romeo", "juliet"], 1_000), ["romeo", "juliet"], false);
  });

  it("150 calls that share requests", async () => {
    await expectOneChat(callsOfPair(apis, ["tom", "jerry"], 150), ["tom", "jerry"], true);
  });

  it("a group of five in all 120 orders, each of the five calling", async () => {
    const people = ["ann", "ben", "cleo", "dan", "eve"];
    const calls = permutations(people).map((participants, order) => ({
      api: apis[order % 2] as ApiProcess,
      caller: participants[order % 5] ?? "ann",
      participants,
    }));
    expect(calls).toHaveLength(120);
    await expectOneChat(calls, people, false);
  });

  it("no key occurs twice in the end, and nobody's log holds an error or a person", async () => {
    const twice = await chats.chats
      .aggregate([
        { $group: { _id: "$participantsKey", chats: { $sum: 1 } } },
        { $match: { chats: { $gt: 1 } } },
      ])
      .toArray();
    expect(twice).toEqual([]);
    const log = apis.flatMap((api) => api.log).join("\n");
    expect(log).not.toMatch(/"level":50|alice-|romeo|Bearer/);
  });
});

function permutations(values: readonly string[]): readonly (readonly string[])[] {
  if (values.length <= 1) return [values];
  return values.flatMap((first, index) =>
    permutations(values.toSpliced(index, 1)).map((rest) => [first, ...rest]),
  );
}
