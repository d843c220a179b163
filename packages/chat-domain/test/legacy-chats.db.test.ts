import { Decimal128, Int32, Long, ObjectId, UUID } from "mongodb";
import { describe, expect, it } from "vitest";
import { type ChatConnection } from "../src/connect/index.ts";
import { type ChatContext, createOrGetChat, ensureIndexes, findChat, participantsKey } from "../src/index.ts";
import { beforeEveryWrite } from "./before-every-write.ts";
import { freshDatabase } from "./fresh-database.ts";
import { recordingObserver } from "./recording-observer.ts";

async function insertLegacy(
  database: ChatConnection,
  ...documents: readonly object[]
): Promise<readonly string[]> {
  const collection = database.db.collection(database.chats.collectionName);
  const keyless = documents.map((document) => ({ _id: new ObjectId(), ...document }));
  await collection.insertMany(keyless);
  return keyless.map(({ _id }) => _id.toHexString());
}

/** The context, with something that happens between a caller's first read and all that it does afterwards. */
function afterFirstRead(database: ChatConnection, interruption: () => Promise<unknown>): ChatContext {
  let reads = 0;
  const chats = new Proxy(database.chats, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function") return member;
      if (property !== "findOne") return member.bind(target) as unknown;
      return async (...args: unknown[]) => {
        const found: unknown = await Reflect.apply(member, target, args);
        reads += 1;
        if (reads === 1) await interruption();
        return found;
      };
    },
  });
  return { ...database, chats };
}

describe("a legacy chat without a key", () => {
  it("is claimed instead of getting a twin, the oldest one first", async () => {
    const observer = recordingObserver();
    await using database = await freshDatabase({ observer });
    const [oldest] = await insertLegacy(
      database,
      { participants: ["bob", "alice"], title: "first" },
      { participants: ["alice", "bob"], title: "second" },
    );
    const { chat, created } = await createOrGetChat(database, { participants: ["alice", "bob"] });
    expect({ id: chat.id, created }).toEqual({ id: oldest, created: false });
    expect(chat.participantsKey).toBe(participantsKey(["alice", "bob"]));
    expect(chat.document["title"]).toBe("first");
    expect(observer.counted("claimed")).toBe(1);
  });

  it.each([24, 8])("goes to whose it is among all sets of %i people, asked for at once", async (people) => {
    const observer = recordingObserver();
    await using database = await freshDatabase({ observer });
    const names = Array.from({ length: people }, (_, index) => `p${index}`);
    const sets = names.flatMap((a, index) => [
      [a],
      ...names.slice(index + 1).flatMap((b, after) => [[b, a], names.slice(index, index + after + 3)]),
    ]);
    const wanted = [...new Map(sets.map((set) => [participantsKey(set), set])).values()];
    const ids = await insertLegacy(database, ...wanted.map((participants) => ({ participants })));
    const some = wanted.map((participants, index) => ({ participants, id: ids[index] }));
    const asked = some.filter((_, index) => index % 3 === 0);
    const results = await Promise.all(
      asked.map(({ participants }) => createOrGetChat(database, { participants })),
    );
    expect(results.map(({ chat }) => chat.id)).toEqual(asked.map(({ id }) => id));
    expect(observer.counted("claimed")).toBe(asked.length);
    expect(await database.chats.countDocuments({ participantsKey: { $type: "string" } })).toBe(asked.length);
  });

  it("is claimed once by 100 concurrent callers, who all get it", async () => {
    const observer = recordingObserver();
    await using database = await freshDatabase({ observer });
    const [legacy] = await insertLegacy(database, { participants: ["a", "b"] }, { participants: ["b", "a"] });
    const results = await Promise.all(
      Array.from({ length: 100 }, () => createOrGetChat(database, { participants: ["a", "b"] })),
    );
    expect(new Set(results.map(({ chat }) => chat.id))).toEqual(new Set([legacy]));
    expect(results.some(({ created }) => created)).toBe(false);
    expect(observer.counted("claimed")).toBe(1);
    expect(await database.chats.countDocuments({ participantsKey: { $type: "string" } })).toBe(1);
  });

  it.each([
    { name: "repeated and unsorted participants", stored: ["b", "a", "b"], asked: ["a", "b"] },
    {
      name: "an ObjectId for an id in text",
      stored: [new ObjectId("65f0c0ffee0123456789abcd"), "b"],
      asked: ["b", "65f0c0ffee0123456789abcd"],
    },
    {
      name: "numbers of several BSON types",
      stored: [new Int32(7), Long.fromString("9007199254740993")],
      asked: [7, "9007199254740993"],
    },
    {
      name: "a UUID",
      stored: [new UUID("0f8fad5b-d9cb-469f-a165-70867728950e")],
      asked: ["0f8fad5b-d9cb-469f-a165-70867728950e"],
    },
    { name: "an empty scope", stored: ["a", "b"], asked: ["a", "b"], also: { scope: "" } },
  ])("is recognised with $name", async ({ stored, asked, also }) => {
    await using database = await freshDatabase();
    const [legacy] = await insertLegacy(database, { participants: stored, ...also });
    const found = await findChat(database, { participants: asked });
    expect(found).toMatchObject({ id: legacy, participantsKey: null });
    expect(await createOrGetChat(database, { participants: asked })).toMatchObject({
      created: false,
      chat: { id: legacy },
    });
    // The second call goes by the key: what was claimed stays found, in whatever form it is stored.
    expect(await createOrGetChat(database, { participants: asked })).toMatchObject({
      created: false,
      chat: { id: legacy },
    });
  });

  it.each([
    { name: "more people", document: { participants: ["a", "b", "c"] } },
    { name: "fewer people", document: { participants: ["a"] } },
    { name: "an invalid participant among them", document: { participants: ["a", "b", null] } },
    { name: "another scope", document: { participants: ["a", "b"], scope: "project-1" } },
    { name: "a merge behind it", document: { participants: ["a", "b"], mergedInto: new ObjectId() } },
    { name: "no participants", document: { title: "lost" } },
  ])("is left alone with $name", async ({ document }) => {
    await using database = await freshDatabase();
    const [other] = await insertLegacy(database, document);
    const { chat, created } = await createOrGetChat(database, { participants: ["a", "b"] });
    expect(created).toBe(true);
    expect(chat.id).not.toBe(other);
  });

  it("is these people's alone in a collection whose own collation takes others for them", async () => {
    await using database = await freshDatabase();
    await database.chats.drop();
    await database.db.createCollection("chats", { collation: { locale: "en", strength: 2 } });
    await ensureIndexes(database);
    const [, legacy] = await insertLegacy(
      database,
      { participants: ["A", "b"] },
      { participants: ["a", "b"] },
    );
    const asked = [
      ["a", "b"],
      ["a", "B"],
      ["c", "b"],
    ];
    const answers = await Promise.all(
      asked.map((participants) => createOrGetChat(database, { participants })),
    );
    expect(answers.map(({ created }) => created)).toEqual([false, true, true]);
    expect(answers[0]?.chat.id).toBe(legacy);
  });

  it("is claimed although its members change all the time, as long as they are the same people", async () => {
    await using database = await freshDatabase({ model: { chats: { participants: "members.userId" } } });
    const [legacy] = await insertLegacy(database, { members: [{ userId: "a" }, { userId: "b" }] });
    const collection = database.db.collection("chats");
    // Every read of a member updates it between this caller's finding the chat and claiming it.
    const chats = beforeEveryWrite(database, async () => {
      await collection.updateOne({}, { $set: { "members.0.lastReadAt": new Date() } });
    });
    const result = await createOrGetChat(chats, { participants: ["a", "b"] });
    expect(result).toMatchObject({ created: false, chat: { id: legacy } });
    expect(await database.chats.countDocuments()).toBe(1);
  });

  it("is let go when its people change before it is claimed", async () => {
    await using database = await freshDatabase();
    const [legacy] = await insertLegacy(database, { participants: ["a", "b"] });
    const collection = database.db.collection("chats");
    const chats = beforeEveryWrite(database, async () => {
      await collection.updateOne({ _id: new ObjectId(legacy) }, { $set: { participants: ["a", "b", "c"] } });
    });
    const { chat, created } = await createOrGetChat(chats, { participants: ["a", "b"] });
    expect(created).toBe(true);
    expect(chat.id).not.toBe(legacy);
  });

  it.each([
    {
      name: "a scalar in place of the list",
      junk: { participants: "a" },
      valid: { participants: ["a"] },
      asked: ["a"],
    },
    {
      name: "an id that is none",
      junk: { participants: [Decimal128.fromString("1"), "b"] },
      valid: { participants: [1, "b"] },
      asked: [1, "b"],
    },
    {
      name: "a list of scopes",
      junk: { participants: ["a", "b"], scope: ["x", ""] },
      valid: { participants: ["a", "b"] },
      asked: ["a", "b"],
    },
  ])("is found behind an older, damaged one with $name", async ({ junk, valid, asked }) => {
    await using database = await freshDatabase();
    const [, legacy] = await insertLegacy(database, junk, valid);
    expect(await createOrGetChat(database, { participants: asked })).toMatchObject({
      created: false,
      chat: { id: legacy },
    });
  });

  it.each([
    { name: "alone", duplicates: [{ participants: ["a", "b"] }] },
    { name: "beside a duplicate", duplicates: [{ participants: ["a", "b"] }, { participants: ["b", "a"] }] },
  ])("is found by whoever looks while somebody claims it, $name", async ({ duplicates }) => {
    await using database = await freshDatabase();
    const [legacy] = await insertLegacy(database, ...duplicates);
    const chats = afterFirstRead(database, () => createOrGetChat(database, { participants: ["a", "b"] }));
    expect((await findChat(chats, { participants: ["a", "b"] }))?.id).toBe(legacy);
  });

  it("is not looked for once the collection is sealed", async () => {
    await using database = await freshDatabase({ legacy: "none" });
    await insertLegacy(database, { participants: ["a", "b"] });
    expect(await findChat(database, { participants: ["a", "b"] })).toBeNull();
    expect(await createOrGetChat(database, { participants: ["a", "b"] })).toMatchObject({ created: true });
  });
});
