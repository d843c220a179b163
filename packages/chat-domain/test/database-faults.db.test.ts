import { canBeProxied, fakeReplicaSet, wireProxy } from "@onechat/mongo/proxy";
import { testMongo } from "@onechat/mongo/testing";
import { needs } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { connect } from "../src/connect/index.ts";
import {
  type ChatContext,
  ChatError,
  createOrGetChat,
  type CreateOrGetChatInput,
  type CreateOrGetChatResult,
} from "../src/index.ts";
import { freshDatabase } from "./fresh-database.ts";
import { all, pairs } from "./many-chats.ts";

const { uri: upstream } = testMongo();
const writes = ["insert", "update", "findAndModify"];
const alice = { participants: ["alice", "bob"] };
const unavailable = { status: "rejected", reason: { code: "UNAVAILABLE" } };

/** As a caller does who is told to come back. */
async function persistently(ctx: ChatContext, input: CreateOrGetChatInput): Promise<CreateOrGetChatResult> {
  try {
    return await createOrGetChat(ctx, input);
  } catch (error) {
    if (!(error instanceof ChatError) || error.code !== "UNAVAILABLE") throw error;
    return persistently(ctx, input);
  }
}

const notProxied = canBeProxied(upstream)
  ? null
  : "the database has several addresses or TLS, so that no proxy can stand before it";

describe.each(["claim", "none"] as const)("a chat, with legacy: %s", needs(notProxied), (legacy) => {
  it("is made once by two processes that have both seen that there is none", async () => {
    await using proxy = await wireProxy({ upstream });
    await using first = await freshDatabase({ uri: proxy.uri, legacy });
    await using second = connect({ uri: proxy.uri, database: first.db.databaseName, legacy });
    using held = proxy.rule({ commands: writes, collections: ["chats"], times: "always", fault: "hold" });
    const calls = Promise.all([first, second].map((ctx) => createOrGetChat(ctx, alice)));
    await held.reached(2);
    held.lift();
    const results = await calls;
    expect(new Set(results.map(({ chat }) => chat.id)).size).toBe(1);
    expect(results.filter(({ created }) => created)).toHaveLength(1);
  });

  it.each(["reset", "cut"] as const)(
    "whose answer is lost is there for who asks again (%s)",
    async (fault) => {
      await using proxy = await wireProxy({ upstream });
      await using chats = await freshDatabase({ uri: proxy.uri, legacy });
      const lost = proxy.rule({ commands: writes, collections: ["chats"], when: "after", fault });
      expect(await Promise.allSettled([createOrGetChat(chats, alice)])).toMatchObject([unavailable]);
      expect(lost.hits()).toBe(1);
      const again = await createOrGetChat(chats, alice);
      expect(again.created).toBe(false);
      expect(await chats.chats.countDocuments()).toBe(1);
    },
  );

  it("is told to nobody while it is not safe with the majority, and is there for who asks again", async () => {
    await using proxy = await wireProxy({ upstream });
    await using chats = await freshDatabase({ uri: proxy.uri, legacy });
    proxy.rule({
      commands: writes,
      collections: ["chats"],
      times: 2,
      fault: { writeConcernError: { code: 64, codeName: "WriteConcernTimeout" } },
    });
    const outcomes = [
      ...(await Promise.allSettled([createOrGetChat(chats, alice)])),
      ...(await Promise.allSettled(pairs(3).map((input) => createOrGetChat(chats, input)))),
    ];
    expect(outcomes).toMatchObject([unavailable, unavailable, unavailable, unavailable]);
    const again = await all(chats, [alice, ...pairs(3)]);
    expect(new Set(again.map(({ chat }) => chat.id)).size).toBe(4);
    expect(await chats.chats.countDocuments()).toBe(4);
  });

  it("that the server refuses in a batch is made on its own, and nobody else's is hurt", async () => {
    await using proxy = await wireProxy({ upstream });
    await using chats = await freshDatabase({ uri: proxy.uri, legacy });
    proxy.rule({
      commands: ["insert"],
      fault: { writeErrors: [{ index: 1, code: 112, codeName: "WriteConflict" }] },
    });
    const results = await all(chats, pairs(5));
    expect(results.every(({ created }) => created)).toBe(true);
    expect(await chats.chats.countDocuments()).toBe(5);
  });

  it("is asked for with what the guarantee needs", async () => {
    await using proxy = await wireProxy({ upstream });
    await using chats = await freshDatabase({ uri: proxy.uri, legacy });
    await createOrGetChat(chats, alice);
    const asked = proxy.seen({ collections: ["chats"], commands: [...writes, "find"] });
    expect(asked.map(({ name }) => name)).toEqual(expect.arrayContaining(["find", "findAndModify"]));
    // Whether chats can be written is asked by an update of none.
    const used = asked.filter(({ command }) => !JSON.stringify(command).includes('"$in":[]'));
    for (const { name, command } of used)
      expect(command).toMatchObject(
        name === "find"
          ? { readConcern: { level: "majority" } }
          : { writeConcern: { w: "majority", j: true } },
      );
  });
});

describe("a connection that breaks while it is idle", needs(notProxied), () => {
  it("is at most UNAVAILABLE to the call that meets it, and nothing to the next", async () => {
    await using proxy = await wireProxy({ upstream });
    await using chats = await freshDatabase({ uri: proxy.uri });
    await createOrGetChat(chats, alice);
    proxy.reset();
    expect(await persistently(chats, alice)).toMatchObject({ created: false });
  });
});

describe("a fail-over in the middle of a burst of creates", needs(notProxied), () => {
  it.each([
    ["whose writes the old primary refuses", { when: "before", connections: "kept", told: 40 }],
    [
      "whose connections break before the writes are done",
      { when: "before", connections: "dropped", told: 40 },
    ],
    [
      "whose connections break after the writes were done",
      { when: "after", connections: "dropped", told: 0 },
    ],
  ] as const)("%s leaves exactly one chat for each pair", async (_name, { when, connections, told }) => {
    await using set = await fakeReplicaSet({ upstream });
    const patient = {
      uri: `${set.uri}&serverSelectionTimeoutMS=30000&waitQueueTimeoutMS=30000`,
      deadlineMs: 50_000,
    };
    await using first = await freshDatabase(patient);
    await using second = connect({ ...patient, database: first.db.databaseName });
    using held = set.rule({ commands: writes, collections: ["chats"], when, times: "always", fault: "hold" });
    const people = pairs(40);
    const bursts = Promise.all(
      [first, second].map((ctx) => Promise.all(people.map((input) => persistently(ctx, input)))),
    );
    // Who looks after the other's writes were done finds its chats, and writes none.
    await held.reached(when === "after" ? 1 : 2);
    set.stepDown({ connections });
    held.lift();
    const [ours = [], theirs = []] = await bursts;
    expect(ours.map(({ chat }) => chat.id)).toEqual(theirs.map(({ chat }) => chat.id));
    expect(new Set(ours.map(({ chat }) => chat.participantsKey)).size).toBe(40);
    expect(await first.chats.countDocuments()).toBe(40);
    // Nobody is told twice, and of a chat whose answer was lost perhaps nobody.
    const created = [...ours, ...theirs].flatMap((result) => (result.created ? [result.chat.id] : []));
    expect(new Set(created).size).toBe(created.length);
    expect(created.length).toBeGreaterThanOrEqual(told);
  });
});
