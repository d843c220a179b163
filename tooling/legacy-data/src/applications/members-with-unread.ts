import type { Db } from "mongodb";
import type { ChatRef, LegacyApplication } from "./legacy-application.ts";
import { messageRows } from "./message-rows.ts";

interface Chat {
  readonly _id: ChatRef;
  readonly unread: Readonly<Record<string, number>>;
}

const chats = (db: Db) => db.collection<Chat>("chats");
const member = { role: "member", sent: 0 } as const;

/** People are sub-documents with something of their own, and what is unread is a map by person. */
export const membersWithUnread: LegacyApplication = {
  name: "members in sub-documents and unread maps",
  config: {
    chats: { collection: "chats", participants: "members.userId", participantType: "string", scope: null },
    references: [{ collection: "messages", field: "chatId" }],
    fold: {
      members: { union: { by: "userId", fold: { sent: "sum", readAt: "max" } } },
      unread: { eachKey: "sum" },
      createdAt: "min",
    },
  },
  indexes: [{ collection: "messages", key: { chatId: 1 }, options: {} }],
  collections: ["chats", "messages"],
  refField: "_id",
  of: ({ people }) => ({
    members: { $size: 2 },
    "members.userId": { $all: people },
  }),
  identityOf: ({ people }) => ({ members: people.map((userId) => ({ userId, ...member })) }),
  member,
  newChat: () => ({ unread: {} }),
  async send(db, _id, message) {
    const { from, to } = message;
    await messageRows.insert(db, { chatId: _id }, message);
    const update = { $inc: { "members.$.sent": 1, [`unread.${to}`]: 1 } };
    return (await chats(db).updateOne({ _id, "members.userId": from }, update)).matchedCount === 1;
  },
  edit: (db, _chat, message, text) => messageRows.edit(db, message, text),
  remove: (db, _chat, message) => messageRows.remove(db, message),
  async markRead(db, _id, person) {
    const update = { $set: { "members.$.readAt": new Date(), [`unread.${person}`]: 0 } };
    return (await chats(db).updateOne({ _id, "members.userId": person }, update)).matchedCount === 1;
  },
  async read(db, _id) {
    const messages = await messageRows.list(db, { chatId: _id });
    return { messages, unread: (await chats(db).findOne({ _id }))?.unread ?? {} };
  },
};
