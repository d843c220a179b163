import { testMongo } from "@onechat/mongo/testing";
import {
  type BSONSerializeOptions,
  type Document,
  Long,
  MongoClient,
  type MongoClientOptions,
  UUID,
} from "mongodb";
import { describe, expect, it } from "vitest";
import {
  assertIndexes,
  chatContext,
  type ChatModelInput,
  createOrGetChat,
  ensureIndexes,
  findChat,
  getChat,
  listChats,
} from "../src/index.ts";
import { auditChats } from "../src/audit/index.ts";
import { migrateUp, migrationContext, planMigration, rollBack } from "../src/migrate/index.ts";
import { freshDatabase } from "./fresh-database.ts";
import { databaseImage } from "./migrate/database-image.ts";

async function clientWith(options: MongoClientOptions): Promise<MongoClient & AsyncDisposable> {
  return new MongoClient(testMongo().uri, options).connect();
}

const large = Long.fromString("9007199254740995");
const models = {
  long: { ids: [Long.fromNumber(7), large], type: "long" },
  uuid: { ids: [new UUID(), new UUID()], type: "uuid" },
  string: { ids: ["alice", "bob"], type: "string" },
  int: { ids: [1, 2], type: "int" },
} as const;

describe.each<BSONSerializeOptions>([
  { useBigInt64: true },
  { promoteBuffers: true },
  { promoteValues: false },
  { promoteLongs: false },
  { promoteLongs: false, promoteValues: false, promoteBuffers: true, bsonRegExp: true },
  { raw: true },
  { fieldsAsRaw: { participants: true } },
  { enableUtf8Validation: false, ignoreUndefined: true },
])("a client with %j", (options) => {
  it("reads who is in a chat as any other client does", async () => {
    await using database = await freshDatabase();
    await using client = await clientWith(options);
    for (const [name, { ids, type }] of Object.entries(models)) {
      const model: ChatModelInput = { chats: { collection: name, participantType: type } };
      const usual = chatContext(database.db, { model });
      await ensureIndexes(usual);
      const chats = chatContext(client.db(database.db.databaseName, options), { model });
      await usual.db.collection(name).insertOne({ participants: [ids[1]] });
      expect(await createOrGetChat(chats, { participants: [ids[1]] })).toMatchObject({ created: false });
      const { chat } = await createOrGetChat(usual, { participants: ids });
      const twins = await Promise.all(
        [ids, ids, [ids[0]]].map((participants) => createOrGetChat(chats, { participants })),
      );
      expect(twins.map(({ created }) => created)).toEqual([false, false, true]);
      expect(await findChat(chats, { participants: ids })).toEqual(chat);
      expect(await getChat(chats, chat.id)).toEqual(chat);
      const { chats: listed } = await listChats(chats, { participant: ids[1] });
      expect(listed.find(({ id }) => id === chat.id)).toEqual(chat);
      expect(await usual.chats.countDocuments()).toBe(3);
    }
  });

  it("migrates as any other client does, and takes it back", async () => {
    await using database = await freshDatabase();
    await using client = await clientWith(options);
    const { db } = database;
    const participants = [large, new UUID(), "bob"];
    const rooms: readonly Document[] = [Long.fromNumber(1), Long.fromNumber(2)].map((_id) => ({
      _id,
      participants,
      n: large,
    }));
    const read = () => databaseImage(db, ["rooms", "messages"]);
    await db.collection("rooms").insertMany(rooms);
    await db.collection("messages").insertMany(rooms.map(({ _id }) => ({ _id, room: _id })));
    await db.collection("messages").createIndex({ room: 1 });
    const before = await read();
    const model: ChatModelInput = {
      chats: { collection: "rooms", participantType: "long", idType: "long", where: { n: large } },
      references: [{ collection: "messages", field: "room" }],
    };
    const migration = migrationContext(client.db(db.databaseName, options), { model, graceMs: 0 });
    expect(await planMigration(migration)).toMatchObject({
      problems: [],
      invalid: [],
      duplicates: { losers: 1 },
    });
    expect(await migrateUp(migration)).toMatchObject({ outcome: "done", parked: 0, counts: { merged: 1 } });
    for await (const finding of auditChats(migration)) expect(finding).toBeUndefined();
    expect(await db.collection("messages").countDocuments({ room: 1 })).toBe(2);
    expect(await rollBack(migration, { to: "none" })).toMatchObject({ outcome: "done" });
    expect(await read()).toEqual(before);
  });
});

describe("a client with the strict Stable API", () => {
  it("is told what is wrong with it, in a sentence that leads somewhere", async () => {
    await using database = await freshDatabase();
    await using strict = await clientWith({ serverApi: { version: "1", strict: true } });
    const chats = chatContext(strict.db(database.db.databaseName));
    for (const attempt of [
      () => assertIndexes(chats),
      () => ensureIndexes(chats),
      () => createOrGetChat(chats, { participants: ["a", "b"] }),
      () => findChat(chats, { participants: ["a", "b"] }),
    ])
      await expect(attempt()).rejects.toMatchObject({
        code: "INDEX_MISSING",
        message: expect.stringMatching(/strict Stable API.*serverApi: \{ version: "1" \}/),
      });
    await using loose = await clientWith({ serverApi: { version: "1" } });
    const served = chatContext(loose.db(database.db.databaseName));
    await ensureIndexes(served);
    expect(await createOrGetChat(served, { participants: ["a", "b"] })).toMatchObject({ created: true });
  });
});
