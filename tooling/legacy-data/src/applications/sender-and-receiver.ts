import { type Db, ObjectId, type UpdateFilter } from "mongodb";
import type { ChatRef, LegacyApplication } from "./legacy-application.ts";
import { messageRows } from "./message-rows.ts";

interface Conversation {
  readonly _id: ChatRef;
  readonly senderId: ObjectId;
  readonly receiverId: ObjectId;
  readonly unreadOfSender: number;
  readonly unreadOfReceiver: number;
}

const conversations = (db: Db) => db.collection<Conversation>("conversations");

/** Whoever has begun is the sender, so two conversations of the same people may stand crossed. */
export const senderAndReceiver: LegacyApplication = {
  name: "sender and receiver",
  config: {
    chats: {
      collection: "conversations",
      participants: ["senderId", "receiverId"],
      participantType: "objectId",
      scope: null,
      perParticipant: [["unreadOfSender", "unreadOfReceiver"]],
    },
    references: [{ collection: "messages", field: "conversationId" }],
    fold: { unreadOfSender: "sum", unreadOfReceiver: "sum", createdAt: "min" },
  },
  indexes: [{ collection: "messages", key: { conversationId: 1 }, options: {} }],
  collections: ["conversations", "messages"],
  refField: "_id",
  of({ people }) {
    const [senderId, receiverId] = people.map((person) => new ObjectId(person));
    const crossed = { senderId: receiverId, receiverId: senderId };
    return { $or: [{ senderId, receiverId }, crossed] };
  },
  identityOf: ({ people: [sender, receiver] }) => ({
    senderId: new ObjectId(sender),
    receiverId: new ObjectId(receiver),
  }),
  newChat: () => ({ unreadOfSender: 0, unreadOfReceiver: 0 }),
  async send(db, chat, message) {
    await messageRows.insert(db, { conversationId: chat }, message);
    return writeUnread(db, chat, message.to, (field) => ({ $inc: { [field]: 1 } }));
  },
  edit: (db, _chat, message, text) => messageRows.edit(db, message, text),
  remove: (db, _chat, message) => messageRows.remove(db, message),
  markRead: (db, chat, person) => writeUnread(db, chat, person, (field) => ({ $set: { [field]: 0 } })),
  async read(db, chat) {
    const messages = await messageRows.list(db, { conversationId: chat });
    const conversation = await conversations(db).findOne({ _id: chat });
    if (conversation === null) return { messages, unread: {} };
    const { senderId, receiverId, unreadOfSender, unreadOfReceiver } = conversation;
    return {
      messages,
      unread: { [String(senderId)]: unreadOfSender, [String(receiverId)]: unreadOfReceiver },
    };
  },
};

/** In the field of the side on which somebody stands. */
async function writeUnread(
  db: Db,
  _id: ChatRef,
  person: string,
  updateOf: (field: string) => UpdateFilter<Conversation>,
): Promise<boolean> {
  const id = new ObjectId(person);
  const chats = conversations(db);
  const asSender = await chats.updateOne({ _id, senderId: id }, updateOf("unreadOfSender"));
  if (asSender.matchedCount === 1) return true;
  const asReceiver = await chats.updateOne({ _id, receiverId: id }, updateOf("unreadOfReceiver"));
  return asReceiver.matchedCount === 1;
}
