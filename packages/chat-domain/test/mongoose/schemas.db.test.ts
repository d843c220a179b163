import mongoose, { Schema } from "mongoose";
import { afterEach, describe, expect, it } from "vitest";
import { createOrGetChat, ensureIndexes } from "../../src/index.ts";
import { migrateUp } from "../../src/migrate/index.ts";
import { findingsOf } from "../migrate/findings-of.ts";
import { freshApplication } from "./fresh-application.ts";
import { chatsOf } from "./new-version/messages.ts";
import { Chat } from "./new-version/models.ts";
import { racedApplication, twoChatsOf } from "./raced-application.ts";

const { ObjectId } = Schema.Types;
const people = { users: [ObjectId], isGroupChat: Boolean, chatName: String };

/** What `docs/mongoose.md` warns of: each of these schemas looks harmless. */
describe("a Mongoose schema that names onechat's fields", () => {
  it("must not default the key to null: only one chat in the whole collection may hold a null", async () => {
    await using application = await freshApplication();
    const ctx = chatsOf(application.db);
    await ensureIndexes(ctx);
    const schema = new Schema({ ...people, participantsKey: { type: String, default: null } });
    const Group = (await application.process()).model("Chat", schema);
    await Group.create({ isGroupChat: true, users: [] });
    await expect(Group.create({ isGroupChat: true, users: [] })).rejects.toMatchObject({
      code: 11_000,
      keyValue: { participantsKey: null },
    });
  });

  it("does not write a null default into chats that exist, whatever is saved", async () => {
    await using application = await freshApplication();
    const { conversations } = await racedApplication(application);
    const { survivor, loser } = twoChatsOf(conversations);
    const nulls = {
      participantsKey: { type: String, default: null },
      mergedInto: { type: ObjectId, default: null },
    };
    const Nulled = (await application.process()).model("Chat", new Schema({ ...people, ...nulls }));
    const held = await Nulled.find({ _id: { $in: [survivor, loser] } });
    const migration = application.migration();
    await migrateUp(migration, { createReferenceIndexes: true });
    for (const chat of held) {
      chat.chatName = "renamed";
      await chat.save();
    }
    expect(await migration.chats.countDocuments({ chatName: "renamed" })).toBe(2);
    const nulled = { $or: Object.keys(nulls).map((field) => ({ [field]: { $type: "null" } })) };
    expect(await migration.chats.countDocuments(nulled)).toBe(0);
  });

  it("must not declare the aliases as a plain array: its default is [], and saving an older copy writes it", async () => {
    await using application = await freshApplication();
    const { conversations } = await racedApplication(application);
    const { survivor } = twoChatsOf(conversations);
    const migration = application.migration();
    const plain = new Schema({ ...people, aliases: [ObjectId] });
    const fit = new Schema({ ...people, aliases: { type: [ObjectId], default: undefined } });
    const Plain = (await application.process()).model("Chat", plain);
    const Fit = (await application.process()).model("Chat", fit);
    const [plainHeld, fitHeld] = [
      await Plain.findById(survivor).orFail(),
      await Fit.findById(survivor).orFail(),
    ];
    await migrateUp(migration, { createReferenceIndexes: true });

    fitHeld.chatName = "renamed";
    await fitHeld.save();
    expect(await findingsOf(migration)).toEqual([]);
    plainHeld.chatName = "renamed again";
    await plainHeld.save();
    expect(await migration.chats.findOne({ _id: survivor })).toMatchObject({ aliases: [] });
  });

  it("has to name the indexes too, if the application calls syncIndexes", async () => {
    await using application = await freshApplication();
    const ctx = chatsOf(application.db);
    await ensureIndexes(ctx);
    const Unaware = (await application.process()).model("Chat", new Schema(people));
    const dropped = await Unaware.syncIndexes();
    expect(dropped).toEqual(expect.arrayContaining(["participantsKey_unique", "participants_by_id"]));
    const call = createOrGetChat(ctx, { participants: ["65f0c0ffee0123456789abcd"] });
    await expect(call).rejects.toMatchObject({ code: "INDEX_MISSING" });
  });

  it("must be asked with the fields it names: strictQuery drops the others from a filter", async () => {
    await using application = await freshApplication();
    const { duplicates } = await racedApplication(application);
    await migrateUp(application.migration(), { createReferenceIndexes: true });
    const connection = await application.process();
    const Unaware = connection.model("Chat", new Schema(people, { strictQuery: true }));
    expect(await Unaware.countDocuments({ mergedInto: { $ne: null } } as object)).toBeGreaterThan(duplicates);
  });
});

describe("the schemas of docs/mongoose.md", () => {
  afterEach(() => mongoose.disconnect());

  it("leave onechat's indexes as they are, and build the same where there are none", async () => {
    await using application = await freshApplication();
    const { uri, name, db } = application;
    const ctx = chatsOf(db);
    await ensureIndexes(ctx);
    const before = await db.collection("chats").indexes();
    await mongoose.connect(uri, { dbName: name });
    await Chat.init();
    expect(await Chat.syncIndexes()).toEqual([]);
    expect(await db.collection("chats").indexes()).toEqual(before);
  });
});
