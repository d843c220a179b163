import mongoose, { Types } from "mongoose";
import { afterEach, describe, expect, it } from "vitest";
import { type ChatContext, chatIds, getChat } from "../../src/index.ts";
import { migrateUp, rollBack } from "../../src/migrate/index.ts";
import { databaseImage } from "../migrate/database-image.ts";
import { findingsOf } from "../migrate/findings-of.ts";
import { repeatedly } from "../migrate/ledger.ts";
import { freshApplication, type FreshApplication } from "./fresh-application.ts";
import { accessChat, allMessages, myChats, sendMessage } from "./new-version/chat-controller.ts";
import { chatsOf, newestMessages, openChat, sendMessage as sendByDriver } from "./new-version/messages.ts";
import { Chat, Message } from "./new-version/models.ts";
import { allMessagesOf, missing, only, pairs, racedApplication } from "./raced-application.ts";

/** The new version goes live: one process, with the models of its own on Mongoose's default connection. */
async function newVersion({ uri, name, db }: FreshApplication): Promise<ChatContext> {
  await mongoose.connect(uri, { dbName: name });
  return chatsOf(db);
}

describe("an application that was written with Mongoose", () => {
  afterEach(() => mongoose.disconnect());

  it("makes several chats of the same two people when their devices open it at once", async () => {
    await using application = await freshApplication();
    const { duplicates } = await racedApplication(application);
    expect(duplicates).toBeGreaterThan(1);
  });

  it("goes on as it was while and after the index is built", async () => {
    await using application = await freshApplication();
    const { old, conversations, duplicates } = await racedApplication(application);
    const [app] = old;
    const { pair, chats } = only(conversations);
    const atWork = repeatedly(2, async () => {
      await app.accessChat(new Types.ObjectId(), new Types.ObjectId());
      await app.sendMessage(only(chats).id, pair[0], "while the index is built");
    });
    const migration = application.migration();
    const { outcome } = await migrateUp(migration, { to: "index", createReferenceIndexes: true });
    await atWork.stop();
    expect(outcome).toBe("done");
    expect(await app.Chat.countDocuments()).toBeGreaterThan(pairs + duplicates);
    const keyed = { participantsKey: { $exists: true } };
    expect(await migration.chats.countDocuments(keyed)).toBe(0);
  });

  it("has one chat per pair after the migration, in which its own models find every message", async () => {
    await using application = await freshApplication();
    const { conversations } = await racedApplication(application);
    await migrateUp(application.migration(), { createReferenceIndexes: true });
    const ctx = await newVersion(application);
    for (const conversation of conversations) {
      const live = await Chat.find({ users: { $all: [...conversation.pair] }, mergedInto: null });
      expect(live).toHaveLength(1);
      const survivor = only(live);
      const messages = allMessagesOf(conversation);
      for (const { id } of conversation.chats) {
        const chat = await getChat(ctx, id);
        expect(chat.id).toBe(survivor.id);
        expect(
          missing(messages, await Message.find({ chat: { $in: [...(await chatIds(ctx, chat))] } })),
        ).toEqual([]);
      }
      const populated = await Message.find({ _id: { $in: messages } }).populate<{ chat: { id: string } }>(
        "chat",
      );
      expect(populated).toHaveLength(messages.length);
      expect(populated.filter(({ chat }) => chat.id !== survivor.id)).toEqual([]);
      expect(messages.map(String)).toContain(String(survivor.latestMessage));
    }
    expect(await findingsOf(application.migration())).toEqual([]);
  });

  it("opens the survivor, whoever asks, and lists it once", async () => {
    await using application = await freshApplication();
    const { conversations } = await racedApplication(application);
    await migrateUp(application.migration(), { createReferenceIndexes: true });
    const ctx = await newVersion(application);
    for (const { pair } of conversations) {
      const [mine, theirs] = await Promise.all([accessChat(ctx, ...pair), openChat(ctx, pair[1], pair[0])]);
      expect(theirs).toBe(mine.id);
      expect((await myChats(pair[0])).map(({ id }) => id)).toEqual([mine.id]);
    }
  });

  it("no longer makes a second chat, of whomever", async () => {
    await using application = await freshApplication();
    await racedApplication(application);
    await migrateUp(application.migration(), { to: "index", createReferenceIndexes: true });
    const ctx = await newVersion(application);
    const strangers = [new Types.ObjectId(), new Types.ObjectId()] as const;
    const opened = await Promise.all(Array.from({ length: 20 }, () => accessChat(ctx, ...strangers)));
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    expect(only(opened)).toMatchObject({ chatName: "sender", isGroupChat: false });
  });

  it("hides no message at any moment while old and new processes write and the migration runs", async () => {
    await using application = await freshApplication();
    const { old, conversations } = await racedApplication(application);
    const migration = application.migration({ batch: { start: 3, min: 1, max: 3 } });
    await migrateUp(migration, { to: "index", createReferenceIndexes: true });
    const ctx = await newVersion(application);
    const shown = conversations.flatMap(({ pair, chats }) => chats.map((chat) => ({ ...chat, pair })));
    let turn = 0;
    const next = (): (typeof shown)[number] => only([shown[(turn += 1) % shown.length]]);
    let left = 60;
    const oldAtWork = repeatedly(1, async () => {
      // It ends sometime, as the old version does in a rollout: what it writes late has to be found by settle.
      if ((left -= 1) < 0) return;
      const { id, pair, messages } = next();
      messages.push(await only(old.slice(left % old.length)).sendMessage(id, pair[0], "from an old process"));
    });
    const unseen: string[] = [];
    const newAtWork = repeatedly(2, async () => {
      const { id, pair, messages } = next();
      const message = { sender: pair[1], content: "from a new process" };
      messages.push((await sendMessage(ctx, String(id), message))._id);
      messages.push(await sendByDriver(ctx, String(id), message));
      const acknowledged = [...messages];
      unseen.push(...missing(acknowledged, await allMessages(ctx, String(id))));
      const newest = await newestMessages(ctx, String(id), 1_000);
      unseen.push(...missing(acknowledged, newest as readonly { readonly _id: unknown }[]));
    });
    await migrateUp(migration);
    await Promise.all([oldAtWork.stop(), newAtWork.stop()]);
    expect(unseen).toEqual([]);
    await migrateUp(migration);
    expect(await findingsOf(migration)).toEqual([]);
    const live = await Chat.find({ mergedInto: null });
    expect(live).toHaveLength(pairs);
    const all = conversations.flatMap(allMessagesOf);
    expect(missing(all, await Message.find({ chat: { $in: live.map(({ _id }) => _id) } }))).toEqual([]);
  });

  it("leads the id of a purged duplicate to the survivor", async () => {
    await using application = await freshApplication();
    const { conversations } = await racedApplication(application);
    const options = { to: "purge", confirmDrained: true, createReferenceIndexes: true } as const;
    await migrateUp(application.migration(), options);
    const ctx = await newVersion(application);
    expect(await Chat.countDocuments()).toBe(pairs);
    for (const conversation of conversations) {
      for (const { id } of conversation.chats) {
        expect(missing(allMessagesOf(conversation), await allMessages(ctx, String(id)))).toEqual([]);
      }
    }
  });

  it("gets its documents and indexes back, byte by byte, by a rollback to none", async () => {
    await using application = await freshApplication();
    await racedApplication(application);
    const image = (): Promise<unknown> => databaseImage(application.db, ["chats", "messages"]);
    const before = await image();
    await migrateUp(application.migration(), { createReferenceIndexes: true });
    expect(await image()).not.toEqual(before);
    await rollBack(application.migration(), { to: "none" });
    expect(await image()).toEqual(before);
  });
});
