import { randomUUID } from "node:crypto";
import { type Db, MongoServerError } from "mongodb";
import type { ChatRef, LegacyApplication } from "./legacy-application.ts";
import { messageRows } from "./message-rows.ts";

const memberships = (db: Db) => db.collection("memberships");

/** Everything refers to a room by an id of the application's own; what is unread is a row for each room and person. */
export const roomsByOwnId: LegacyApplication = {
  name: "rooms with an id of their own",
  config: {
    chats: { collection: "rooms", participants: "users", participantType: "string", scope: null },
    references: [
      { collection: "messages", field: "roomId", toField: "roomId" },
      {
        collection: "memberships",
        field: "roomId",
        toField: "roomId",
        onConflict: "fold",
        fold: { unread: "sum", readAt: "max" },
      },
    ],
    fold: { createdAt: "min" },
  },
  indexes: [
    { collection: "rooms", key: { roomId: 1 }, options: { unique: true } },
    { collection: "messages", key: { roomId: 1, at: 1 }, options: {} },
    { collection: "memberships", key: { roomId: 1, user: 1 }, options: { unique: true } },
  ],
  collections: ["rooms", "messages", "memberships"],
  refField: "roomId",
  of: ({ people }) => ({ users: { $all: people, $size: 2 } }),
  identityOf: ({ people }) => ({ users: people }),
  newChat: () => ({ roomId: `room-${randomUUID()}` }),
  async send(db, roomId, message) {
    await messageRows.insert(db, { roomId }, message);
    await countUnread(db, roomId, message.to);
    return true;
  },
  edit: (db, _chat, message, text) => messageRows.edit(db, message, text),
  remove: (db, _chat, message) => messageRows.remove(db, message),
  async markRead(db, roomId, user) {
    const update = { $set: { unread: 0, readAt: new Date() } };
    return (await memberships(db).updateOne({ roomId, user }, update)).matchedCount === 1;
  },
  async read(db, roomId) {
    const messages = await messageRows.list(db, { roomId });
    const rows = await memberships(db).find({ roomId }).toArray();
    return {
      messages,
      unread: Object.fromEntries(rows.map(({ user, unread }) => [String(user), Number(unread)])),
    };
  },
};

/** Two upserts at once may both insert; the index lets one of them. */
async function countUnread(db: Db, roomId: ChatRef, user: string): Promise<void> {
  try {
    await memberships(db).updateOne({ roomId, user }, { $inc: { unread: 1 } }, { upsert: true });
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === 11_000)) throw error;
    await countUnread(db, roomId, user);
  }
}
