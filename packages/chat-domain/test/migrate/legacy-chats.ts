import { Binary, type Db, type Document, ObjectId } from "mongodb";
import type { ChatModelInput } from "../../src/index.ts";

/** A legacy application: chats of pairs, their messages, and one membership row per chat and person. */
export const legacyModel: ChatModelInput = {
  chats: { participants: "users", where: { isGroupChat: false }, scope: null },
  references: [
    { collection: "messages", field: "chat" },
    {
      collection: "members",
      field: "chatId",
      onConflict: "fold",
      fold: { joinedAt: "min", readUpTo: "max", marks: "union" },
    },
  ],
  fold: {
    createdAt: "min",
    updatedAt: "max",
    latestMessage: { newestBy: "updatedAt" },
    tags: "union",
    messageCount: { recount: { collection: "messages", field: "chat" } },
  },
};

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function oneOf<T>(values: readonly T[], random: () => number): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new RangeError("there is nothing to choose from");
  return value;
}

/** An ObjectId of a machine whose clock is off by so much, in milliseconds. */
export function idByClock(offset: number): ObjectId {
  const id = new ObjectId();
  const seconds = Math.floor((Date.now() + offset) / 1_000);
  return new ObjectId(`${seconds.toString(16).padStart(8, "0")}${id.toHexString().slice(8)}`);
}

export type People = readonly [string, string];

export function peopleOf(set: number): People {
  return [`left-${set}`, `right-${set}`];
}

export const messagesPerChat = 5;

export interface LegacyChats {
  /** The chats of every set of people, oldest first. */
  readonly sets: ReadonlyMap<number, readonly ObjectId[]>;
  /** Which message was sent to which chat. */
  readonly messages: ReadonlyMap<string, ObjectId>;
}

const start = Date.UTC(2024, 0, 1);

/** The same id for the same number, always. */
function idOf(kind: number, number: number): ObjectId {
  const seconds = Math.floor(start / 1_000) + number;
  return new ObjectId(`${seconds.toString(16)}${kind.toString(16).padStart(6, "0")}${"0".repeat(10)}`);
}

/** Every third set has duplicates, two to six of them, spread over the whole age of the collection. */
function setsOfChats(chats: number, random: () => number): readonly number[] {
  const sets: number[] = [];
  for (let set = 0; sets.length < chats; set += 1) {
    const copies = set % 3 === 0 ? 2 + Math.floor(random() * 5) : 1;
    sets.push(...Array.from({ length: Math.min(copies, chats - sets.length) }, () => set));
  }
  for (let from = sets.length - 1; from > 0; from -= 1) {
    const to = Math.floor(random() * (from + 1));
    [sets[from], sets[to]] = [sets[to] ?? 0, sets[from] ?? 0];
  }
  return sets;
}

/** Fills a database with legacy chats and the application's own indexes; the same for the same seed. */
export async function fillWithLegacyChats(db: Db, chats: number, seed: number): Promise<LegacyChats> {
  const random = seededRandom(seed);
  const order = setsOfChats(chats, random);
  const sets = new Map<number, ObjectId[]>();
  const documents = order.map((set, number): Document => {
    const _id = idOf(1, number);
    sets.set(set, [...(sets.get(set) ?? []), _id]);
    return legacyChat({ _id, set, random, at: new Date(start + number * 60_000) });
  });
  const messages = documents.flatMap(({ _id }, number) =>
    Array.from({ length: messagesPerChat }, (_, index) => ({
      _id: idOf(2, number * messagesPerChat + index),
      chat: _id as ObjectId,
      text: `message ${index}`,
    })),
  );
  const members = documents.flatMap(({ _id, users, createdAt }, number) =>
    [...new Set(users as string[])].map((userId, index) => ({
      _id: idOf(3, number * 2 + index),
      chatId: _id as ObjectId,
      userId,
      joinedAt: createdAt as Date,
      readUpTo: new Date(start + number * 90_000),
    })),
  );
  await db.collection("messages").createIndex({ chat: 1 });
  await db.collection("members").createIndex({ chatId: 1, userId: 1 }, { unique: true });
  await db.collection("chats").insertMany(documents);
  await db.collection("messages").insertMany(messages);
  await db.collection("members").insertMany(members);
  return { sets, messages: new Map(messages.map(({ _id, chat }) => [String(_id), chat])) };
}

interface LegacyChatParts {
  readonly _id: ObjectId;
  readonly set: number;
  readonly random: () => number;
  readonly at: Date;
}

/** As the old version writes it: in either order, sometimes with somebody named twice, and without a key. */
export function legacyChat({ _id, set, random, at }: LegacyChatParts): Document {
  const [left, right] = peopleOf(set);
  const users = oneOf(
    [
      [left, right],
      [right, left],
      [left, right, left],
    ],
    random,
  );
  return {
    _id,
    isGroupChat: false,
    users,
    createdAt: at,
    updatedAt: at,
    messageCount: messagesPerChat,
    icon: new Binary(new Uint8Array([set % 256, 1, 2])),
  };
}
