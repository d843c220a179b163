import type { Db, ObjectId } from "mongodb";
import type { ChatView } from "./legacy-application.ts";
import type { TalkMessage } from "./talk-message.ts";

/** Messages in a collection of their own, which hold their chat in a field. */
export const messageRows = {
  async insert(db: Db, chat: Readonly<Record<string, unknown>>, message: TalkMessage): Promise<void> {
    const { id: _id, from, text, at } = message;
    await db.collection("messages").insertOne({ _id, ...chat, from, text, at });
  },
  async edit(db: Db, _id: ObjectId, text: string): Promise<boolean> {
    return (await db.collection("messages").updateOne({ _id }, { $set: { text } })).matchedCount === 1;
  },
  async remove(db: Db, _id: ObjectId): Promise<boolean> {
    return (await db.collection("messages").deleteOne({ _id })).deletedCount === 1;
  },
  async list(db: Db, chat: Readonly<Record<string, unknown>>): Promise<ChatView["messages"]> {
    const rows = await db
      .collection("messages")
      .find(chat, { sort: { at: 1 } })
      .toArray();
    return rows.map(({ _id, text }) => ({ id: String(_id), text: String(text) }));
  },
};
