import { Decimal128, type Document, Long, ObjectId } from "mongodb";
import { wireProxy } from "@onechat/mongo/proxy";
import { testMongo } from "@onechat/mongo/testing";
import { describe, expect, it } from "vitest";
import { connect } from "../src/connect/index.ts";
import {
  assertIndexes,
  chatContext,
  createOrGetChat,
  ensureIndexes,
  findChat,
  listChats,
  participantsKey,
} from "../src/index.ts";
import { damage, damagingRelay } from "./damaging-relay.ts";
import { freshDatabase } from "./fresh-database.ts";
import { all, pairs, plain } from "./many-chats.ts";
import { recordingObserver } from "./recording-observer.ts";

const people = ["odd", "bob"];
const keyed = (more: Document): Document => ({
  participants: ["bob", "odd"],
  participantsKey: participantsKey(people),
  ...more,
});

describe.each(["claim", "none"] as const)("a chat that cannot be read, with legacy: %s", (legacy) => {
  it.each<{ readonly what: string; readonly chat: Document }>([
    { what: "whose _id is a Decimal128", chat: keyed({ _id: Decimal128.fromString("1.5") }) },
    { what: "whose _id is a date", chat: keyed({ _id: new Date(0) }) },
    { what: "whose _id is a document", chat: keyed({ _id: { a: 1 } }) },
    { what: "with a text that is no UTF-8", chat: keyed({ title: damage }) },
    ...(legacy === "claim"
      ? [
          { what: "without a key, whose _id is a date", chat: { _id: new Date(0), participants: people } },
          {
            what: "without a key, with a text that is no UTF-8",
            chat: { participants: people, title: damage },
          },
        ]
      : []),
  ])("is the trouble of its own people: $what", async ({ chat }) => {
    const observer = recordingObserver();
    await using relay = await damagingRelay(testMongo().uri);
    await using database = await freshDatabase({ uri: relay.uri, legacy, observer });
    await plain(database.chats).insertOne({ participants: people, ...chat });
    await all(database, pairs(10, "old"));
    const calls = [{ participants: people }, ...pairs(10, "old"), ...pairs(10, "new")];
    const [own, ...others] = await Promise.allSettled(calls.map((input) => createOrGetChat(database, input)));
    expect(own).toMatchObject({ status: "rejected", reason: { code: "INTEGRITY" } });
    expect(others.filter(({ status }) => status === "rejected")).toEqual([]);
    await expect(createOrGetChat(database, { participants: people })).rejects.toMatchObject({
      code: "INTEGRITY",
    });
    await expect(findChat(database, { participants: people })).rejects.toMatchObject({ code: "INTEGRITY" });
    const listed: string[] = [];
    for (let after: string | null | undefined; after !== null;) {
      const page = await listChats(database, { participant: "bob", limit: 3, after });
      listed.push(...page.chats.map(({ id }) => id));
      after = page.next;
    }
    expect(new Set(listed).size).toBe(20);
    expect(listed).toHaveLength(20);
    expect(observer.counted("integrity")).toBeGreaterThan(0);
  });
});

describe("a chat without a key whose _id is no id", () => {
  const legacy = (_id: unknown) => ({ _id, participants: people });
  const beside = legacy(new ObjectId("0".repeat(24)));

  it.each([
    ["one", 1],
    ["a batch", 2],
  ])("gives way to one that can be read, and gets no key where there is none: %s", async (_what, count) => {
    await using database = await freshDatabase();
    const chats = plain(database.chats);
    const open = () =>
      Promise.all([
        createOrGetChat(database, { participants: people }),
        ...pairs(count - 1, "new").map((input) => createOrGetChat(database, input)),
      ]);
    await chats.insertMany([legacy({ of: 1 }), beside] as Document[]);
    expect((await open())[0]).toMatchObject({ created: false, chat: { id: String(beside._id) } });
    await chats.deleteOne({ _id: beside._id } as Document);
    await expect(open()).rejects.toMatchObject({ code: "INTEGRITY" });
    expect(await chats.findOne({ "_id.of": 1 } as Document)).not.toHaveProperty("participantsKey");
  });
});

it("a chat with a time that no calendar knows is shown with that of its id", async () => {
  await using database = await freshDatabase();
  const chats = plain(database.chats);
  for (const [at, ms] of [Long.MIN_VALUE, Long.fromNumber(1e17), Long.fromNumber(8.64e15)].entries()) {
    const _id = new ObjectId(`65f0c0ff${String(at).padStart(16, "0")}`);
    await chats.insertOne({ _id, participants: [String(ms), "bob"] });
    await chats.updateOne({ _id }, [{ $set: { createdAt: { $toDate: ms } } }]);
  }
  const { chats: listed } = await listChats(database, { participant: "bob" });
  const shown = new Date(0x65_f0_c0_ff * 1_000);
  expect(listed.map(({ createdAt }) => createdAt)).toEqual([shown, shown, shown]);
});

describe("what nobody can do with a collection", () => {
  it("is said where it is a view", async () => {
    await using database = await freshDatabase();
    await plain(database.chats).insertOne(keyed({}));
    await database.db.createCollection("seen", { viewOn: "chats", pipeline: [] });
    const seen = chatContext(database.db, { model: { chats: { collection: "seen" } } });
    for (const attempt of [
      () => assertIndexes(seen),
      () => ensureIndexes(seen),
      () => createOrGetChat(seen, { participants: people }),
    ])
      await expect(attempt()).rejects.toMatchObject({
        code: "MODEL_MISMATCH",
        message: expect.stringMatching(/is a view.*chats\.collection/),
      });
  });

  it("is said where the user may only read; chats that exist are shown", async () => {
    await using proxy = await wireProxy({ upstream: testMongo().uri });
    await using database = await freshDatabase();
    await all(database, pairs(2, "old"));
    await using reader = connect({ uri: proxy.uri, database: database.db.databaseName });
    proxy.rule({
      commands: ["insert", "update", "findAndModify", "delete", "createIndexes"],
      times: "always",
      fault: { error: { code: 13, codeName: "Unauthorized", message: "not authorized on x to execute" } },
    });
    const message = expect.stringMatching(/may not do this.*readWrite/);
    await expect(assertIndexes(reader)).rejects.toMatchObject({ code: "UNAVAILABLE", message });
    const outcomes = await Promise.allSettled(
      [...pairs(2, "old"), ...pairs(3, "new")].map((input) => createOrGetChat(reader, input)),
    );
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...Array(2).fill("fulfilled"),
      ...Array(3).fill("rejected"),
    ]);
    await expect(createOrGetChat(reader, { participants: ["a"] })).rejects.toMatchObject({ message });
    expect((await listChats(reader, { participant: "bob" })).chats).toHaveLength(2);
  });
});
