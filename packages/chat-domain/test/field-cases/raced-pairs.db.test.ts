import { type Db, ObjectId } from "mongodb";
import { describe, expect, it } from "vitest";
import { type ChatContext, type ChatModelInput, createOrGetChat, resolveChatId } from "../../src/index.ts";
import { fieldDatabase } from "./field-database.ts";

/** The old application's own code, which looks for both directions and then inserts, raced with the new one's. */
const model: ChatModelInput = {
  chats: { participants: ["senderId", "receiverId"], participantType: "objectId", scope: null },
  references: [{ collection: "messages", field: "conversationId" }],
};

async function openInOldVersion(db: Db, senderId: ObjectId, receiverId: ObjectId): Promise<ObjectId> {
  const conversations = db.collection("chats");
  const found = await conversations.findOne({
    $or: [
      { senderId, receiverId },
      { senderId: receiverId, receiverId: senderId },
    ],
  });
  return found?._id ?? (await conversations.insertOne({ senderId, receiverId })).insertedId;
}

async function openInNewVersion(app: ChatContext, sender: ObjectId, receiver: ObjectId): Promise<ObjectId> {
  const { chat } = await createOrGetChat(app, { participants: [sender, receiver] });
  return new ObjectId(await resolveChatId(app, chat.id));
}

describe("an application of sender and receiver", () => {
  it("raced with the new version and migrated meanwhile ends with one chat a pair, and every message is in it", async () => {
    await using field = await fieldDatabase({ model, data: { chats: [], messages: [] } });
    const { db } = field;
    const people = Array.from({ length: 5 }, () => new ObjectId());
    const pairs = people.flatMap((one, n) => people.slice(n).map((other) => [one, other] as const));
    const sent = new Map<string, Set<string>>();
    const say = async (open: Promise<ObjectId>, pair: readonly ObjectId[]): Promise<void> => {
      const conversationId = await open;
      const { insertedId } = await db.collection("messages").insertOne({ conversationId, text: "hello" });
      const name = pair.map(String).toSorted().join();
      sent.set(name, (sent.get(name) ?? new Set()).add(String(insertedId)));
    };
    const old = async (): Promise<void> => {
      await Promise.all(
        pairs.flatMap(([a, b]) => [
          say(openInOldVersion(db, a, b), [a, b]),
          say(openInOldVersion(db, b, a), [a, b]),
        ]),
      );
    };
    const apps = [field.app(), field.app()] as const;
    const renewed = async (): Promise<void> => {
      await Promise.all(
        pairs.flatMap(([a, b]) => [
          say(openInNewVersion(apps[0], a, b), [a, b]),
          say(openInNewVersion(apps[1], b, a), [a, b]),
        ]),
      );
    };
    await old();
    const raced = await db.collection("chats").countDocuments();
    expect(raced).toBeGreaterThan(pairs.length);
    expect(await field.up({ to: "index" })).toMatchObject({ exit: 0 });
    await Promise.all([old(), renewed(), field.up({ to: "merge" })]);
    await Promise.all([renewed(), old()]);
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.verify()).toMatchObject({ exit: 0, findings: [] });
    const live = await field.all("chats", { mergedInto: null });
    const chatOf = new Map(
      live.map(({ _id, senderId, receiverId }) => [
        [senderId, receiverId].map(String).toSorted().join(),
        _id,
      ]),
    );
    expect(live).toHaveLength(pairs.length);
    expect(chatOf.size).toBe(pairs.length);
    for (const [name, messages] of sent) {
      const found = await field.all("messages", { conversationId: chatOf.get(name) });
      expect(new Set(found.map(({ _id }) => String(_id)))).toEqual(messages);
    }
  });
});
