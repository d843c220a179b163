import { type Db, MongoClient } from "mongodb";
import mongoose, { type Connection, mongo, Types } from "mongoose";
import { describe, expect, it } from "vitest";
import { createOrGetChat, ensureIndexes } from "../../src/index.ts";
import { freshApplication } from "./fresh-application.ts";
import { chatsOf } from "./new-version/messages.ts";

/** Mongoose pins its driver to a minor version, so a newer one beside it is another copy of the same classes. */
const hasCopyOfItsOwn: boolean = (mongo.MongoClient as unknown) !== MongoClient;

/** The cast is what a user would have to write as well: the types of two copies do not fit. */
function databaseOf({ db }: Connection): Db {
  if (db === undefined) throw new Error("not connected");
  return db as unknown as Db;
}

describe(`beside Mongoose ${mongoose.version}, which ${hasCopyOfItsOwn ? "has" : "shares"} its copy of the driver`, () => {
  it("takes ids that Mongoose has made, in a client of its own", async () => {
    await using application = await freshApplication();
    const ctx = chatsOf(application.db);
    await ensureIndexes(ctx);
    const [me, other] = [new Types.ObjectId(), new Types.ObjectId()];
    const { chat } = await createOrGetChat(ctx, { participants: [me, other] });
    const { created, chat: same } = await createOrGetChat(ctx, { participants: [String(other), String(me)] });
    expect({ created, id: same.id }).toEqual({ created: false, id: chat.id });
    expect(chat.participants).toEqual([String(me), String(other)].toSorted());
  });

  it("says on Mongoose's connection that the index is missing", async () => {
    await using application = await freshApplication();
    const ctx = chatsOf(databaseOf(await application.process()));
    const call = createOrGetChat(ctx, { participants: [new Types.ObjectId()] });
    await expect(call).rejects.toMatchObject({ code: "INDEX_MISSING" });
  });

  it("hides a lost race on Mongoose's connection", async () => {
    await using application = await freshApplication();
    await ensureIndexes(chatsOf(application.db));
    const ctx = chatsOf(databaseOf(await application.process()));
    for (let round = 0; round < 10; round += 1) {
      const users = [new Types.ObjectId(), new Types.ObjectId()];
      const legacy = Array.from({ length: 3 }, () => ({ users, isGroupChat: false }));
      await application.db.collection("chats").insertMany(legacy);
      const calls = Array.from({ length: 30 }, () => createOrGetChat(ctx, { participants: users }));
      const ids = (await Promise.all(calls)).map(({ chat }) => chat.id);
      expect(new Set(ids).size).toBe(1);
    }
  });
});
