import type { Db } from "mongodb";
import type { ChatRef, LegacyApplication, Talk } from "./legacy-application.ts";
import { messageRows } from "./message-rows.ts";

interface Thread {
  readonly _id: ChatRef;
  readonly unread: readonly { readonly user: string; readonly count: number }[];
}

const threads = (db: Db) => db.collection<Thread>("threads");
/** Messages are of threads and of other things. */
const threadOf = (_id: ChatRef) => ({ about: `Thread$${String(_id)}` });
/** Whoever writes it first puts themselves first. */
const ownKey = ({ people }: Talk): string => people.join("_");

/** A thread for each listing and its people, with a key that the application makes for itself. */
export const listingsWithOwnKey: LegacyApplication = {
  name: "a key of its own and a scope",
  config: {
    chats: {
      collection: "threads",
      participants: "users",
      participantType: "string",
      scope: "listing",
      keyField: "onechatKey",
    },
    references: [{ collection: "messages", field: "about", prefix: "Thread$" }],
    fold: { unread: { union: { by: "user", fold: { count: "sum" } } }, createdAt: "min" },
    ignore: ["participantsKey"],
  },
  indexes: [
    { collection: "threads", key: { listing: 1, participantsKey: 1 }, options: {} },
    { collection: "messages", key: { about: 1 }, options: {} },
  ],
  collections: ["threads", "messages"],
  refField: "_id",
  of: ({ people, about }) => ({
    listing: about,
    participantsKey: { $in: [people.join("_"), people.toReversed().join("_")] },
  }),
  identityOf: ({ people, about }) => ({ users: people, listing: about }),
  newChat: (talk) => ({
    participantsKey: ownKey(talk),
    unread: talk.people.map((user) => ({ user, count: 0 })),
  }),
  async send(db, _id, message) {
    await messageRows.insert(db, threadOf(_id), message);
    const update = { $inc: { "unread.$.count": 1 } };
    return (await threads(db).updateOne({ _id, "unread.user": message.to }, update)).matchedCount === 1;
  },
  edit: (db, _chat, message, text) => messageRows.edit(db, message, text),
  remove: (db, _chat, message) => messageRows.remove(db, message),
  async markRead(db, _id, person) {
    const update = { $set: { "unread.$.count": 0 } };
    return (await threads(db).updateOne({ _id, "unread.user": person }, update)).matchedCount === 1;
  },
  async read(db, _id) {
    const messages = await messageRows.list(db, threadOf(_id));
    const { unread = [] } = (await threads(db).findOne({ _id })) ?? {};
    return { messages, unread: Object.fromEntries(unread.map(({ user, count }) => [user, count])) };
  },
};
