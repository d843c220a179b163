import { type Db, type Document, Double, Long, ObjectId } from "mongodb";
import { type ChatModelInput, participantsKey } from "../../src/index.ts";

/** A small application with every kind of duplicate, reference and fold that the model can describe. */
export const everyKindModel: ChatModelInput = {
  chats: { participants: "users", where: { isGroupChat: false }, scope: "tenant" },
  references: [
    { collection: "messages", field: "chat" },
    {
      collection: "members",
      field: "chatId",
      onConflict: "fold",
      fold: {
        readUpTo: "max",
        joinedAt: "min",
        mentions: "sum",
        isMuted: "every",
        drafts: { union: { by: "_id" } },
        unread: {
          recount: { collection: "messages", field: "chat", since: { counted: "at", row: "readUpTo" } },
        },
      },
    },
    { collection: "pins", field: "room.chat", onConflict: "keep-survivor" },
    { collection: "folders", field: "chats" },
    { collection: "people", field: "lastRead.$*", onConflict: "fold", fold: "max" },
    { collection: "people", field: "drafts.chat" },
  ],
  fold: {
    createdAt: "min",
    updatedAt: "max",
    latestMessage: { newestBy: "updatedAt" },
    tags: "union",
    unreadBy: { eachKey: "sum" },
    isArchived: "every",
    hiddenFrom: "intersection",
    log: { union: { by: "_id", orderBy: "at", fold: { seenBy: "union" } } },
    notes: { concat: { orderBy: "at" } },
    messageCount: { recount: { collection: "messages", field: "chat" } },
  },
};

export const applicationCollections = ["chats", "messages", "members", "pins", "folders", "people"] as const;

interface Fixture {
  readonly chats: readonly Document[];
  readonly messages: readonly Document[];
  readonly members: readonly Document[];
  readonly pins: readonly Document[];
  readonly folders: readonly Document[];
  readonly people: readonly Document[];
}

const start = Date.UTC(2020, 0, 1);
const day = 86_400_000;

/** The same id for the same number, always. */
function idOf(kind: number, number: number): ObjectId {
  return new ObjectId(
    `${(0x5e0be100 + number).toString(16)}${kind.toString(16).padStart(6, "0")}${"0".repeat(10)}`,
  );
}

const [alice, bob, carol, dave, erin] = [1, 2, 3, 4, 5].map((number) => idOf(9, number)) as [
  ObjectId,
  ObjectId,
  ObjectId,
  ObjectId,
  ObjectId,
];

/** Keys that are not of the people who hold them, as when people have been exchanged since; two chats hold the same. */
const [wrongKey, otherWrongKey, thirdWrongKey] = ["x", "y", "z"].map((digit) => `v1.${digit.repeat(43)}`);

/** Chats by who is in them and what is odd about them; the position is the age. */
const chatKinds: readonly Document[] = [
  { users: [alice, bob] },
  { users: [bob, alice], tags: ["late"] },
  { users: [alice.toHexString(), bob], participantsKey: wrongKey },
  { users: [alice, bob, bob] },
  { users: [alice, bob], tenant: "acme" },
  { users: [bob, alice], tenant: "acme", participantsKey: otherWrongKey },
  { users: [carol, dave] },
  { users: [carol, dave], participantsKey: wrongKey },
  { users: [erin] },
  { users: [erin, erin] },
  { users: [alice, carol] },
  { users: [] },
  { users: [alice, null] },
  { users: [carol, erin], tenant: " padded" },
  // It was the chat of the two before it became a group.
  {
    isGroupChat: true,
    users: [alice, bob],
    name: "a named group",
    participantsKey: participantsKey([alice, bob]),
  },
  { users: [dave, erin], participantsKey: thirdWrongKey },
];

/** Documents with BSON types that a driver easily loses: whole Doubles, Longs, fields with numbers for names. */
function fixture(): Fixture {
  const chats = chatKinds.map(({ isGroupChat = false, participantsKey: key, ...rest }, index) => ({
    _id: idOf(1, index),
    isGroupChat,
    weight: new Double(3),
    ...(key === undefined ? {} : { participantsKey: key }),
    ...rest,
    createdAt: new Date(start - index * day),
    updatedAt: new Date(start + index * day),
    latestMessage: idOf(2, index * 10 + 2),
    messageCount: new Double(3),
    unreadBy: { 12: Long.fromNumber(1), 7: 2, [`u${index % 3}`]: index },
    isArchived: index % 2 === 0,
    hiddenFrom: ["alice", `user ${index % 2}`],
    log: [
      { _id: idOf(6, index), at: new Date(start - index * day), seenBy: [`user ${index}`] },
      { _id: idOf(6, 100), at: new Date(start), seenBy: [`user ${index}`] },
    ],
    notes: [{ at: new Date(start + (index % 2) * day), text: "note" }],
  }));
  const messages = chats.flatMap((chat, index) =>
    [0, 1, 2].map((number) => ({
      _id: idOf(2, index * 10 + number),
      // Some documents of an application refer to chats by text.
      chat: number === 2 ? chat._id.toHexString() : chat._id,
      text: `message ${number}`,
      at: new Date(start + (index * 10 + number) * day),
    })),
  );
  const members = chats.slice(0, 11).flatMap((chat, index) =>
    [...new Set((chat as unknown as { users: unknown[] }).users.map(String))].map((user, number) => ({
      _id: idOf(3, index * 10 + number),
      chatId: chat._id,
      user,
      joinedAt: new Date(start - index * day),
      readUpTo: new Date(start + index * day),
      unread: new Double(1),
      mentions: index,
      isMuted: true,
      drafts: [{ _id: index, text: "draft" }],
    })),
  );
  const pins = chats
    .slice(0, 6)
    .map((chat, index) => ({ _id: idOf(4, index), room: { chat: chat._id, note: index }, by: "alice" }));
  const ids = chats.map(({ _id }) => _id);
  const folders = [
    { _id: idOf(5, 0), chats: [ids[1], ids[6], ids[3]] },
    { _id: idOf(5, 1), chats: [ids[0], ids[2], ids[9]] },
    { _id: idOf(5, 2), chats: [ids[2]?.toHexString(), "elsewhere"] },
  ];
  const people = [
    {
      _id: idOf(9, 1),
      lastRead: Object.fromEntries([6, 0, 3, 2, 4].map((index) => [String(ids[index]), index])),
      drafts: [9, 4, 2, 7].map((index) => ({ text: `draft ${index}`, chat: ids[index] })),
    },
  ];
  return { chats, messages, members, pins, folders, people };
}

export async function fillWithEveryKind(db: Db): Promise<void> {
  for (const [collection, documents] of Object.entries(fixture())) {
    await db.collection(collection).insertMany([...(documents as Document[])]);
  }
  await db.collection("messages").createIndex({ chat: 1 });
  await db.collection("members").createIndex({ chatId: 1, user: 1 }, { unique: true });
  await db.collection("pins").createIndex({ "room.chat": 1, by: 1 }, { unique: true });
  await db.collection("folders").createIndex({ chats: 1 });
  await db.collection("people").createIndex({ "drafts.chat": 1 });
}
