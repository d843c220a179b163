import { setTimeout as sleep } from "node:timers/promises";
import { type ChatConnection, connect } from "@onechat/chat-domain/connect";
import type { MongoServer } from "@onechat/mongo";
import { crashableMongo, crashableMongoMissing } from "@onechat/mongo/testing";
import { needs, until } from "@onechat/testing";
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

  /** Resolves once so many more calls have been answered. */
  async more(answers: number): Promise<void> {
    const wanted = this.answers + answers;
    await until(`${answers} more answers`, () => this.answers >= wanted, { withinMs: 240_000 });
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
  const again: Awaited<ReturnType<ChatClient["chat"]["createOrGet"]["mutate"]>>[] = [];
  for (let from = 0; from < entries.length; from += 200) {
    const some = entries.slice(from, from + 200);
    const asked = some.map(([friend]) => client.chat.createOrGet.mutate({ participants: [friend] }));
    again.push(...(await Promise.all(asked)));
  }
  expect(again.filter(({ created }) => created)).toEqual([]);
  expect(again.map(({ chat }) => chat.id)).toEqual(entries.map(([, ids]) => [...ids][0]));
  const stored = new Set((await chats.chats.find().toArray()).map(({ _id }) => String(_id)));
  expect(entries.filter(([, ids]) => !stored.has([...ids][0] ?? ""))).toEqual([]);
}

const missing = await crashableMongoMissing(process.env);

describe("whatever is killed in the middle of a burst, an id that was answered stays", needs(missing), () => {
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

  /** For what has to be answered, however busy the machine is. */
  function patientClient(): Promise<ChatClient> {
    return api.client("alice", { timeoutMs: 240_000, retries: 100 });
  }

  it("an API process, killed with -9 and started again, five times", async () => {
    const given = new GivenIds();
    const client = await api.client("alice", { batch: false });
    for (let round = 0; round < 5; round += 1) {
      const callers = burst(client, given, `api-${round}`);
      await given.more(50);
      await api.kill();
      await api.restart();
      await given.more(50);
      await callers.stop();
    }
    await expectNothingLost(given, await patientClient(), chats);
  });

  it(`the database engine, killed with -9 and started again, ${databaseKills} times`, async () => {
    const given = new GivenIds();
    const client = await api.client("alice", { batch: false, retries: 0 });
    for (let round = 0; round < databaseKills; round += 1) {
      const callers = burst(client, given, `db-${round}`);
      await given.more(50 + Math.floor(Math.random() * 200));
      await mongo.kill();
      await mongo.restart();
      await callers.stop();
      await until("the API to answer again", () => client.chat.list.query({ limit: 1 }));
    }
    process.stdout.write(
      `${databaseKills} kills, ${given.answers} ids answered, ${given.errors} calls refused meanwhile\n`,
    );
    expect(given.errors).toBeGreaterThan(0);
    await expectNothingLost(given, await patientClient(), chats);
  }, 1_800_000);
});
