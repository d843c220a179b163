import { databaseName, testMongo } from "@onechat/mongo/testing";
import { type Db, type Document, MongoClient } from "mongodb";
import { describe, expect, it } from "vitest";
import { chatSet } from "../src/chat-set.ts";
import {
  databaseHash,
  fillDatabase,
  legacyConfig,
  legacyIndexes,
  LegacyShape,
  messagesBySet,
} from "../src/index.ts";

interface TestDatabase extends AsyncDisposable {
  readonly db: Db;
}

async function database(): Promise<TestDatabase> {
  const client = await new MongoClient(testMongo().uri).connect();
  const db = client.db(databaseName("legacy"));
  return {
    db,
    async [Symbol.asyncDispose]() {
      await db.dropDatabase();
      await client.close();
    },
  };
}

const common = { seed: 11, chats: 1200, brokenShare: 0.05, messagesPerChat: 2 } as const;

describe.each(LegacyShape.options)("a database of %s", (shape) => {
  const options = { ...common, shape };
  const { chats, references } = legacyConfig(shape);

  it("has what the summary says, the application's indexes, and the same bytes every time", async () => {
    await using first = await database();
    await using second = await database();
    const summary = await fillDatabase(first.db, options);
    await fillDatabase(second.db, options);
    for (const [collection, count] of Object.entries(summary.documents)) {
      expect(await first.db.collection(collection).countDocuments()).toBe(count);
    }
    expect(await first.db.collection(chats.collection).countDocuments(chats.where)).toBe(summary.chats);
    for (const { collection, key } of legacyIndexes(shape)) {
      const keys = (await first.db.collection(collection).listIndexes().toArray()).map((index) => index.key);
      expect(keys).toContainEqual(key);
    }
    const hashes = await databaseHash(first.db);
    expect(Object.keys(hashes)).toEqual(Object.keys(summary.documents).toSorted());
    expect(await databaseHash(second.db)).toEqual(hashes);
  });

  it("has as many sets of people as the summary says, whose messages are all accounted for", async () => {
    await using filled = await database();
    const summary = await fillDatabase(filled.db, options);
    const digests = await messagesBySet(filled.db, shape);
    expect(digests.size).toBe(summary.sets + summary.invalid + summary.namedGroups);
    const counted = [...digests.values()].map((digest) => Number.parseInt(digest, 10));
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(summary.messages);
  });

  it("keeps its messages by set when a duplicate is merged, and not when they go to others", async () => {
    await using filled = await database();
    const { db } = filled;
    await fillDatabase(db, { ...options, brokenShare: 0, groupSize: [2, 2], duplicateShare: 0.5 });
    const before = await messagesBySet(db, shape);
    const field = references[0]?.field ?? "";
    const [survivor, loser, other] = await twoOfOneSet(db, shape);
    expect(other).toBeDefined();
    await db
      .collection(chats.collection)
      .updateOne({ _id: loser?.["_id"] }, { $set: { mergedInto: survivor?.["_id"] } });
    expect(await messagesBySet(db, shape)).toEqual(before);
    const messages = db.collection("messages");
    await messages.updateMany({ [field]: loser?.["_id"] }, { $set: { [field]: survivor?.["_id"] } });
    expect(await messagesBySet(db, shape)).toEqual(before);
    await messages.updateMany({ [field]: survivor?.["_id"] }, { $set: { [field]: other?.["_id"] } });
    expect(await messagesBySet(db, shape)).not.toEqual(before);
  });
});

/** Two chats of the same people that have messages, and one of others. */
async function twoOfOneSet(db: Db, shape: LegacyShape): Promise<readonly Document[]> {
  const { chats, references } = legacyConfig(shape);
  const sent = await db.collection("messages").distinct(references[0]?.field ?? "");
  const written = new Set(sent.map(String));
  const found = await db
    .collection(chats.collection)
    .find(chats.where, { sort: { _id: 1 } })
    .toArray();
  const bySet: Record<string, Document[]> = {};
  for (const chat of found.filter(({ _id }) => written.has(String(_id))))
    (bySet[chatSet(chats, chat) ?? ""] ??= []).push(chat);
  const groups = Object.values(bySet);
  const group = groups.find(({ length }) => length === 2) ?? [];
  return [...group, ...(groups.find((candidate) => candidate !== group) ?? []).slice(0, 1)];
}

describe("the hash of a database", () => {
  it("sees the type of one number, the order of fields and an index", async () => {
    await using filled = await database();
    const { db } = filled;
    await fillDatabase(db, { ...common, shape: "onechat", chats: 50 });
    const before = await databaseHash(db);
    const { modifiedCount } = await db
      .collection("chats")
      .updateOne({ messageCount: { $type: "int" } }, [
        { $set: { messageCount: { $toLong: "$messageCount" } } },
      ]);
    expect(modifiedCount).toBe(1);
    await db.collection("messages").createIndex({ text: 1 });
    const after = await databaseHash(db);
    expect(after["chats"]).not.toBe(before["chats"]);
    expect(after["messages"]).not.toBe(before["messages"]);
    expect(after["members"]).toBe(before["members"]);
    expect(Object.keys(await databaseHash(db, { except: ["chats"] }))).toEqual(["members", "messages"]);
    expect(Object.keys(await databaseHash(db, { only: ["chats"] }))).toEqual(["chats"]);
  });
});
