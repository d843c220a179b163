import { ObjectId } from "mongodb";
import { type Connection, createConnection, Schema, type Types } from "mongoose";
import { setImmediate as nextTurn } from "node:timers/promises";
import { testMongo } from "@onechat/mongo/testing";
import { describe, expect, it } from "vitest";
import { type ChatModelInput, createOrGetChat } from "../../src/index.ts";
import { type FieldDatabase, fieldDatabase, type FieldIndex } from "./field-database.ts";

/**
 * An application whose upsert is safe by a key of its own: both ids, sorted and joined, under a unique sparse index.
 * Old and new version work side by side. Chats of before it had the key are double.
 */
const model: ChatModelInput = {
  chats: {
    participants: "users",
    participantType: "objectId",
    scope: null,
    where: { isGroupChat: false },
    keyField: "chatKey",
  },
  references: [{ collection: "messages", field: "chat" }],
  fold: { updatedAt: "max", latestMessage: { newestBy: "updatedAt" } },
};
const theirIndex: FieldIndex = {
  collection: "chats",
  key: { participantsKey: 1 },
  options: { unique: true, sparse: true },
};
const pairs = 12;
const people = Array.from(
  { length: pairs * 2 },
  (_, number) => new ObjectId(`64${String(number).padStart(22, "0")}`),
);
const each = Array.from({ length: pairs }, (_, pair) => pair);

function pairOf(pair: number): readonly [ObjectId, ObjectId] {
  const [left, right] = [people[pair * 2], people[pair * 2 + 1]];
  if (left === undefined || right === undefined) throw new RangeError(`there is no pair ${pair}`);
  return [left, right];
}

const chatSchema = new Schema(
  {
    isGroupChat: { type: Boolean, default: false },
    users: [Schema.Types.ObjectId],
    participantsKey: { type: String, unique: true, sparse: true },
    latestMessage: Schema.Types.ObjectId,
  },
  { timestamps: true },
);
const messageSchema = new Schema({ chat: Schema.Types.ObjectId, content: String }, { timestamps: true });

/** The old version, which knows nothing of onechat. */
function oldVersion(connection: Connection) {
  const Chat = connection.model("Chat", chatSchema);
  const Message = connection.model("Message", messageSchema);
  return {
    async accessChat(me: ObjectId, other: ObjectId): Promise<Types.ObjectId> {
      const participantsKey = [String(me), String(other)].toSorted().join("_");
      const fresh = { $setOnInsert: { users: [me, other], isGroupChat: false } };
      try {
        const chat = await Chat.findOneAndUpdate({ participantsKey }, fresh, {
          upsert: true,
          returnDocument: "after",
        });
        return chat._id;
      } catch (error) {
        const chat = await Chat.findOne({ participantsKey });
        if (chat === null) throw error;
        return chat._id;
      }
    },
    async send(chat: Types.ObjectId | string, content: string): Promise<string> {
      const message = await Message.create({ chat, content });
      await Chat.findByIdAndUpdate(chat, { latestMessage: message._id });
      return content;
    },
  };
}

/** Every second pair has a chat of before the key, and one by the key. */
async function seededApplication(): Promise<FieldDatabase> {
  const chatId = (pair: number, kind: number): ObjectId =>
    new ObjectId(`65${kind}${String(pair).padStart(21, "0")}`);
  const chats = each.flatMap((pair) => {
    const users = pairOf(pair);
    const participantsKey = users.map(String).toSorted().join("_");
    const byKey = { _id: chatId(pair, 2), users, isGroupChat: false, participantsKey };
    return pair % 2 === 0 ? [{ _id: chatId(pair, 1), users, isGroupChat: false }, byKey] : [byKey];
  });
  const messages = chats.map(({ _id }, index) => ({ _id, chat: _id, content: `seeded ${index}` }));
  return fieldDatabase({ model, data: { chats, messages }, indexes: [theirIndex] });
}

/** Every message is in the one live chat of its pair. */
async function contentsByPair(
  field: FieldDatabase,
  live: readonly string[],
): Promise<readonly (readonly string[])[]> {
  return Promise.all(
    live.map(async (chat) =>
      (await field.all("messages", { chat: new ObjectId(chat) }))
        .map(({ content }) => String(content))
        .toSorted(),
    ),
  );
}

describe("an application with a safe upsert of its own", () => {
  it("is migrated beside the new version: one chat a pair, every message in it, and back again", async () => {
    await using field = await seededApplication();
    const connections = await Promise.all(
      [1, 2].map(() => createConnection(testMongo().uri, { dbName: field.db.databaseName }).asPromise()),
    );
    const old = connections.map(oldVersion);
    const sent = new Map<number, string[]>(each.map((pair) => [pair, []]));
    for (const { content, chat } of await field.all("messages")) {
      const { users } = await field.one("chats", chat);
      const pair = each.find((one) => String(pairOf(one)[0]) === String((users as unknown[])[0])) ?? -1;
      sent.get(pair)?.push(String(content));
    }
    const over = new AbortController();
    const writing = old.map(async (app, number) => {
      for (let turn = 0; !over.signal.aborted; turn += 1) {
        const pair = (turn * 5 + number) % pairs;
        const [left, right] = pairOf(pair);
        const chat = await app.accessChat(left, right);
        sent.get(pair)?.push(await app.send(chat, `old ${number}.${turn}`));
        await nextTurn();
      }
    });
    expect(await field.up({ to: "index" })).toMatchObject({ exit: 0 });
    const fresh = (async () => {
      const app = field.app();
      for (let turn = 0; !over.signal.aborted; turn += 1) {
        const pair = (turn * 7) % pairs;
        const { created } = await createOrGetChat(app, { participants: pairOf(pair) });
        expect(created).toBe(false);
        await nextTurn();
      }
    })();
    expect([0, 7]).toContain((await field.up()).exit);
    over.abort();
    await Promise.all([...writing, fresh]);
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.verify()).toMatchObject({ exit: 0 });

    const live = await Promise.all(
      each.map(async (pair) => (await createOrGetChat(field.app(), { participants: pairOf(pair) })).chat.id),
    );
    expect(await contentsByPair(field, live)).toEqual(each.map((pair) => sent.get(pair)?.toSorted()));
    expect(await field.all("chats", { mergedInto: { $exists: false } })).toHaveLength(pairs);
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.all("chats", { mergedInto: { $exists: true } })).toEqual([]);
    await Promise.all(connections.map((connection) => connection.close()));
  }, 300_000);

  it("gets every byte back by a rollback to none, when nobody has written meanwhile", async () => {
    await using field = await seededApplication();
    const before = await field.image("chats", "messages");
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats", "messages")).toEqual(before);
  });

  it("without keyField is refused by the plan and by the new version, and no chat is made", async () => {
    const { keyField: _theirs, ...chats } = model.chats ?? {};
    await using seeded = await seededApplication();
    await using field = await fieldDatabase({ model: { ...model, chats }, indexes: [theirIndex] });
    await field.insert("chats", ...(await seeded.all("chats")));
    await field.insert("messages", ...(await seeded.all("messages")));
    expect(await field.plan()).toMatchObject({ exit: 3, problems: expect.stringContaining("keyField") });
    const before = await field.image("chats");
    await expect(createOrGetChat(field.app(), { participants: pairOf(0) })).rejects.toMatchObject({
      code: "MODEL_MISMATCH",
    });
    expect(await field.image("chats")).toEqual(before);
  });
});
