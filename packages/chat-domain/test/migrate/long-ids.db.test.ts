import { databaseName, testMongo } from "@onechat/mongo/testing";
import { type Document, Long, MongoClient } from "mongodb";
import { afterAll, describe, expect, it } from "vitest";
import { migrateUp, migrationContext, rollBack } from "../../src/migrate/index.ts";
import { databaseImage } from "./database-image.ts";
import { findingsOf } from "./findings-of.ts";

describe("chats whose ids are numbers of 64 bits, as near to each other as a double cannot tell", () => {
  const client = new MongoClient(testMongo().uri);
  const db = client.db(databaseName("long_ids"));
  const chats = db.collection<{ _id: Long } & Document>("chats");
  const idOf = (end: string): Long => Long.fromString(`11529215046068469${end}`);
  const ctx = migrationContext(db, {
    graceMs: 0,
    model: { references: [{ collection: "messages", field: "chatId" }] },
  });

  afterAll(async () => {
    await db.dropDatabase();
    await client.close();
  });

  it("are merged with their own duplicates, and brought back", async () => {
    await chats.insertMany([
      { _id: idOf("01"), participants: ["a", "b"] },
      { _id: idOf("02"), participants: ["c", "d"] },
      { _id: idOf("77"), participants: ["a", "b"] },
      { _id: idOf("78"), participants: ["c", "d"] },
    ]);
    const messages = db.collection<{ _id: number; chatId: Long }>("messages");
    await messages.insertMany([
      { _id: 1, chatId: idOf("77") },
      { _id: 2, chatId: idOf("78") },
    ]);
    await messages.createIndex({ chatId: 1 });
    const original = await databaseImage(db, ["chats", "messages"]);

    expect(await migrateUp(ctx, {})).toMatchObject({ outcome: "done", counts: { merged: 2, moved: 2 } });
    const survivors = await chats.find({ aliases: { $exists: true } }, { sort: { _id: 1 } }).toArray();
    expect(survivors.map(({ _id, aliases }) => [String(_id), String(aliases)])).toEqual([
      [String(idOf("01")), String(idOf("77"))],
      [String(idOf("02")), String(idOf("78"))],
    ]);
    const moved = await messages.find({}, { sort: { _id: 1 } }).toArray();
    expect(moved.map(({ chatId }) => String(chatId))).toEqual([String(idOf("01")), String(idOf("02"))]);
    expect(await findingsOf(ctx)).toEqual([]);

    await rollBack(ctx, { to: "none" });
    expect(await databaseImage(db, ["chats", "messages"])).toEqual(original);
  });
});
