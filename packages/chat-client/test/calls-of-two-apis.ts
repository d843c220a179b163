import { type ChatConnection, connect } from "@onechat/chat-domain/connect";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { expect } from "vitest";
import { type ApiProcess, apiProcess } from "./api-process.ts";

export interface Call {
  readonly api: ApiProcess;
  readonly caller: string;
  readonly participants: readonly string[];
}

/** Every combination of process, user and order, in turn. */
export function callsOfPair(
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

/** Two API processes on a database of their own. */
export interface TwoApis extends AsyncDisposable {
  readonly apis: readonly ApiProcess[];
  readonly chats: ChatConnection;
}

export async function twoApis(): Promise<TwoApis> {
  const database = databaseName("race");
  const chats = connect({ uri: testMongo().uri, database });
  const apis = await Promise.all(
    [0, 1].map(() => apiProcess({ MONGODB_URI: testMongo().uri, MONGODB_DB: database })),
  );
  return {
    apis,
    chats,
    async [Symbol.asyncDispose]() {
      await Promise.all(apis.map((api) => api.stop()));
      await chats.db.dropDatabase();
      await chats[Symbol.asyncDispose]();
    },
  };
}

export interface CallsInput {
  readonly chats: ChatConnection;
  readonly people: readonly string[];
  readonly batch: boolean;
  /** A machine that is too slow for so many calls is told so in time; whoever repeats a call may not be told `created`. */
  readonly retries: number;
}

export async function expectOneChat(
  calls: readonly Call[],
  { chats, people, batch, retries }: CallsInput,
): Promise<void> {
  const ready = await Promise.all(
    calls.map(async ({ api, caller, participants }) => ({
      client: await api.client(caller, { batch, retries, timeoutMs: 240_000 }),
      participants: [...participants],
    })),
  );
  const results = await Promise.all(
    ready.map(({ client, participants }) => client.chat.createOrGet.mutate({ participants })),
  );
  expect(results).toHaveLength(calls.length);
  expect(new Set(results.map((result) => result.chat.id)).size).toBe(1);
  const created = results.filter((result) => result.created).length;
  expect(created).toBeLessThanOrEqual(1);
  if (retries === 0) expect(created).toBe(1);
  for (const result of results) expect(result.chat.participants).toEqual([...people].toSorted());
  expect(
    await chats.chats.countDocuments({ participants: { $all: [...people], $size: people.length } }),
  ).toBe(1);
}
