import { Double, type Document, Long } from "mongodb";
import type { ChatModelInput } from "../../src/index.ts";
import type { DatabaseDump } from "./database-dump.ts";
import { id } from "./field-database.ts";

/** What the dumps of `earlier-version` were migrated with, by the version before. */
export const earlierModel: ChatModelInput = {
  chats: { participants: "users", scope: null, where: { isGroupChat: false } },
  references: [
    { collection: "messages", field: "chat" },
    { collection: "members", field: "chatId", onConflict: "fold", fold: { readUpTo: "max" } },
    { collection: "folders", field: "chats" },
  ],
  fold: {
    createdAt: "min",
    updatedAt: "max",
    latest: { newestBy: "updatedAt" },
    tags: "union",
    messageCount: { recount: { collection: "messages", field: "chat" } },
  },
};

/** Where the application's own keys stood twice. */
export const ownKeyModel: ChatModelInput = {
  chats: { participants: "users", idType: "string", scope: null },
  references: [{ collection: "messages", field: "chat" }],
};

export const applicationCollections = ["chats", "messages", "members", "folders"] as const;

function chat(number: number, fields: Document): Document {
  return {
    _id: id(number),
    isGroupChat: false,
    weight: new Double(3),
    ...fields,
    createdAt: new Date(1_000 - number),
    updatedAt: new Date(1_000 + number),
    latest: `message ${number}`,
    messageCount: new Double(1),
  };
}

/** The application before it was migrated: three chats of a pair, one of another, and one of nobody. */
export const application: DatabaseDump = {
  chats: {
    indexes: [],
    documents: [
      chat(1, { users: ["a", "b"], participantsKey: "a_b", tags: ["first"] }),
      chat(2, { users: ["b", "a"], tags: ["second"] }),
      chat(3, { users: ["a", "b"], participantsKey: null }),
      chat(4, { users: ["c", "d"] }),
      chat(5, { users: [] }),
    ],
  },
  messages: {
    indexes: [{ key: { chat: 1 }, name: "chat_1" }],
    documents: [
      { _id: id(11), chat: id(1), text: "one" },
      { _id: id(12), chat: id(2), text: "two" },
      { _id: id(13), chat: String(id(3)), text: "three" },
    ],
  },
  members: {
    indexes: [{ key: { chatId: 1, user: 1 }, name: "chatId_1_user_1", unique: true }],
    documents: [
      { _id: id(21), chatId: id(1), user: "a", readUpTo: Long.fromNumber(1) },
      { _id: id(22), chatId: id(2), user: "a", readUpTo: Long.fromNumber(9) },
      { _id: id(23), chatId: id(2), user: "b", readUpTo: Long.fromNumber(4) },
    ],
  },
  folders: {
    indexes: [{ key: { chats: 1 }, name: "chats_1" }],
    documents: [{ _id: id(31), chats: [id(2), id(4), id(1)] }],
  },
};
