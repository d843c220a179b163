import { setTimeout as sleep } from "node:timers/promises";
import { type ChatConnection, connect } from "@onechat/chat-domain/connect";
import type { MongoServer } from "@onechat/mongo";
import { crashableMongo, crashableMongoMissing } from "@onechat/mongo/testing";
import { needs } from "@onechat/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChatClient } from "../src/index.ts";
import { type ApiProcess, apiProcess } from "./api-process.ts";

const databaseKills = Number(process.env["DATABASE_KILLS"] ?? 20);

/** Every id that a client was ever given, by the people it was given for. */
class GivenIds {
  readonly #ids = new Map<string, Set<string>>();
  answers = 0;
  errors = 0;

  add(friend: string, id: string): void {
    this.answers += 1;
    this.#ids.set(friend, (this.#ids.get(friend) ?? new Set()).add(id));
  }

  entries(): readonly (readonly [string, ReadonlySet<string>])[] {
    return [...this.#ids];
  }
}

/** Callers that never stop asking for a few contended chats and for new ones, until told to. */
function burst(client: ChatClient, given: GivenIds, round: string): { stop(): Promise<void> } {
  const stop = new AbortController();
  const callers = Array.from({ length: 32 }, async (_, caller) => {
    for (let call = 0; !stop.signal.aborted; call += 1) {
      const friend = call % 2 === 0 ? `${round}-hot-${call % 20}` : `${round}-${caller}-${call}`;
      try {
        const { chat } = await client.chat.createOrGet.mutate({ participants: [friend] });
        given.add(friend, chat.id);
      } catch {
        given.errors += 1;
        await sleep(20);
      }
    }
  });
  return {
    async stop() {
      stop.abort();
      await Promise.all(callers);
    },
  };
}

async function expectNothingLost(given: GivenIds, client: ChatClient, chats: ChatConnection): Promise<void> {
  const entries = given.entries();
  for (const [, ids] of entries) expect(ids.size).toBe(1);
  const again = await Promise.all(
    entries.map(async ([friend]) => client.chat.createOrGet.mutate({ participants: [friend] })),
  );
  expect(again.filter(({ created }) => created)).toEqual([]);
  expect(again.map(({ chat }) => chat.id)).toEqual(entries.map(([, ids]) => [...ids][0]));
  const stored = new Set((await chats.chats.find().toArray()).map(({ _id }) => String(_id)));
  expect(entries.filter(([, ids]) => !stored.has([...ids][0] ?? ""))).toEqual([]);
}

const missing = await crashableMongoMissing(process.env);

describe.skipIf(missing !== null)(
  "whatever is killed in the middle of a burst, an id that was answered stays",
  needs(missing),
  () => {
    let mongo: MongoServer;
    let api: ApiProcess;
    let chats: ChatConnection;
    beforeAll(async () => {
      mongo = await crashableMongo(process.env);
      api = await apiProcess({ MONGODB_URI: mongo.uri, MONGODB_DB: "crash", LOG_LEVEL: "info" });
      chats = connect({ uri: mongo.uri, database: "crash" });
    });
    afterAll(async () => {
      await chats[Symbol.asyncDispose]();
      await api.stop();
      await mongo[Symbol.asyncDispose]();
    });

    it("an API process, killed with -9 and started again, five times", async () => {
      const given = new GivenIds();
      const client = await api.client("alice", { batch: false });
      for (let round = 0; round < 5; round += 1) {
        const callers = burst(client, given, `api-${round}`);
        await sleep(300);
        await api.kill();
        await api.restart();
        await sleep(200);
        await callers.stop();
      }
      expect(given.answers).toBeGreaterThan(100);
      await expectNothingLost(given, client, chats);
    });

    it(`the database engine, killed with -9 and started again, ${databaseKills} times`, async () => {
      const given = new GivenIds();
      const client = await api.client("alice", { batch: false, retries: 0 });
      for (let round = 0; round < databaseKills; round += 1) {
        const callers = burst(client, given, `db-${round}`);
        await sleep(200 + Math.random() * 200);
        await mongo.kill();
        await mongo.restart();
        await callers.stop();
        await untilAnswering(client);
      }
      process.stdout.write(
        `${databaseKills} kills, ${given.answers} ids answered, ${given.errors} calls refused meanwhile\n`,
      );
      expect(given.errors).toBeGreaterThan(0);
      expect(given.answers).toBeGreaterThan(databaseKills * 20);
      await expectNothingLost(given, client, chats);
    }, 300_000);
  },
);

async function untilAnswering(client: ChatClient): Promise<void> {
  for (;;) {
    try {
      await client.chat.list.query({ limit: 1 });
      return;
    } catch {
      await sleep(50);
    }
  }
}
