import { type Db, ObjectId } from "mongodb";
import type { ChatRef, LegacyApplication, Talk } from "./legacy-application.ts";

interface Conversation {
  readonly _id: ChatRef;
  readonly messages: readonly { readonly _id: ObjectId; readonly text: string }[];
  readonly unread: Readonly<Record<string, number>>;
}

const conversations = (db: Db) => db.collection<Conversation>("conversations");
const idsOf = ({ people }: Talk) => people.map((person) => new ObjectId(person));

/** A conversation holds its messages itself, and a map of what is unread. */
export const embeddedMessages: LegacyApplication = {
  name: "embedded messages",
  config: {
    chats: {
      collection: "conversations",
      participants: "participants",
      participantType: "objectId",
      scope: null,
      where: { isGroup: false },
    },
    references: [],
    fold: {
      messages: { union: { by: "_id", orderBy: "sentAt" } },
      unread: { eachKey: "sum" },
      lastMessageAt: "max",
      createdAt: "min",
    },
  },
  indexes: [],
  collections: ["conversations"],
  refField: "_id",
  of: (talk) => ({ isGroup: false, participants: { $all: idsOf(talk), $size: 2 } }),
  identityOf: (talk) => ({ isGroup: false, participants: idsOf(talk) }),
  newChat: () => ({ messages: [], unread: {} }),
  async send(db, _id, { id, from, to, text, at }) {
    const message = { _id: id, sender: new ObjectId(from), text, sentAt: at };
    const update = {
      $push: { messages: message },
      $inc: { [`unread.${to}`]: 1 },
      $max: { lastMessageAt: at },
    };
    return (await conversations(db).updateOne({ _id }, update)).matchedCount === 1;
  },
  async edit(db, _id, message, text) {
    const update = { $set: { "messages.$.text": text } };
    const { matchedCount } = await conversations(db).updateOne({ _id, "messages._id": message }, update);
    return matchedCount === 1;
  },
  async remove(db, _id, message) {
    const update = { $pull: { messages: { _id: message } } };
    const { matchedCount } = await conversations(db).updateOne({ _id, "messages._id": message }, update);
    return matchedCount === 1;
  },
  async markRead(db, _id, person) {
    return (
      (await conversations(db).updateOne({ _id }, { $set: { [`unread.${person}`]: 0 } })).matchedCount === 1
    );
  },
  async read(db, _id) {
    const { messages = [], unread = {} } = (await conversations(db).findOne({ _id })) ?? {};
    return { messages: messages.map((one) => ({ id: String(one._id), text: one.text })), unread };
  },
};
