import { describe, expect, it } from "vitest";
import { migrateUp } from "../../src/migrate/index.ts";
import { databaseImage } from "../migrate/database-image.ts";
import { findingsOf } from "../migrate/findings-of.ts";
import { freshApplication } from "./fresh-application.ts";
import { only, racedApplication, twoChatsOf } from "./raced-application.ts";

describe("a process of the old version, after the migration", () => {
  it("does not undo a merge by saving a duplicate that it has held since before", async () => {
    await using application = await freshApplication();
    const { old, conversations } = await racedApplication(application);
    const { survivor, loser, sender } = twoChatsOf(conversations);
    const [app] = old;
    const held = await app.Chat.findById(loser).orFail();
    const migration = application.migration();
    await migrateUp(migration, { createReferenceIndexes: true });

    const message = await app.Message.create({ sender, content: "late", chat: held._id });
    held.latestMessage = message._id;
    await held.save();
    expect(await migration.chats.findOne({ _id: loser })).toMatchObject({
      mergedInto: survivor,
      latestMessage: message._id,
    });

    await migrateUp(migration);
    expect(await migration.chats.findOne({ _id: survivor })).toMatchObject({
      latestMessage: message._id,
      updatedAt: held.updatedAt,
    });
    expect(await app.Message.findById(message._id)).toMatchObject({ chat: survivor });
    expect(await findingsOf(migration)).toEqual([]);
  });

  it("does not take anything from a survivor by saving it as it was before", async () => {
    await using application = await freshApplication();
    const { old, conversations } = await racedApplication(application);
    const { survivor } = twoChatsOf(conversations);
    const held = await only(old).Chat.findById(survivor).orFail();
    const migration = application.migration();
    await migrateUp(migration, { createReferenceIndexes: true });
    const merged = await migration.chats.findOne({ _id: survivor });
    held.chatName = "renamed";
    await held.save();
    expect(await migration.chats.findOne({ _id: survivor })).toEqual({
      ...merged,
      chatName: "renamed",
      updatedAt: held.updatedAt,
    });
    expect(await findingsOf(migration)).toEqual([]);
  });

  it("loads and saves merged chats with a schema that knows nothing of keys", async () => {
    await using application = await freshApplication();
    const { old, conversations } = await racedApplication(application);
    const migration = application.migration();
    await migrateUp(migration, { createReferenceIndexes: true });
    const { Chat } = only(old);
    const unchanged = await databaseImage(application.db, ["chats"]);
    for (const chat of await Chat.find()) await chat.save();
    expect(await databaseImage(application.db, ["chats"])).toEqual(unchanged);

    const { survivor, loser } = twoChatsOf(conversations);
    for (const chat of await Chat.find({ _id: { $in: [survivor, loser] } })) {
      chat.chatName = "renamed";
      await chat.save();
    }
    expect(await migration.chats.findOne({ _id: survivor })).toMatchObject({
      chatName: "renamed",
      participantsKey: expect.stringMatching(/^v1\./),
      aliases: expect.arrayContaining([loser]),
    });
    expect(await migration.chats.findOne({ _id: loser })).toMatchObject({
      chatName: "renamed",
      mergedInto: survivor,
    });
  });

  it("makes another duplicate as ever, which the next run merges", async () => {
    await using application = await freshApplication();
    const { old, conversations } = await racedApplication(application);
    const migration = application.migration();
    await migrateUp(migration, { createReferenceIndexes: true });
    const [app] = old;
    const { survivor, sender, receiver } = twoChatsOf(conversations);
    // What its find-then-create does when it loses the race once more.
    const late = await app.Chat.create({ isGroupChat: false, users: [sender, receiver] });
    const message = await app.sendMessage(late._id, sender, "to the late duplicate");
    expect((await migrateUp(migration)).outcome).toBe("done");
    expect(await migration.chats.findOne({ _id: late._id })).toMatchObject({ mergedInto: survivor });
    expect(await app.Message.findById(message)).toMatchObject({ chat: survivor });
  });
});
