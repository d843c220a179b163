import { createHash } from "node:crypto";
import { type ChatConnection, connect } from "@onechat/chat-domain/connect";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { ObjectId } from "bson";
import type { Place } from "./migrator-process.ts";

/** A database as the popular MERN tutorial leaves it: chats without keys, some of them twice. */
export interface LegacyDatabase extends Place, AsyncDisposable {
  readonly db: ChatConnection["db"];
  /** The oldest of two chats of the same people, and the other. */
  readonly survivor: string;
  readonly duplicate: string;
  /** A chat without anybody, if asked for. */
  readonly broken: string;
}

export interface LegacyOptions {
  readonly chats?: number;
  readonly broken?: boolean;
  readonly indexed?: boolean;
}

function idOf(kind: number, n: number): ObjectId {
  return new ObjectId(`65f0c0ff${kind.toString(16).padStart(6, "0")}${n.toString(16).padStart(10, "0")}`);
}

export async function legacyDatabase(label: string, options: LegacyOptions = {}): Promise<LegacyDatabase> {
  const { chats: count = 12, broken = false, indexed = true } = options;
  const place: Place = { uri: testMongo().uri, database: databaseName(`migrator-${label}`) };
  const connection = connect(place);
  const { db } = connection;
  const sets = Math.ceil(count * 0.75);
  const chats = Array.from({ length: count }, (_, n) => ({
    _id: idOf(1, n),
    chatName: "sender",
    isGroupChat: false,
    users: [idOf(4, n % sets), idOf(4, (n % sets) + 1)],
    createdAt: new Date(1_700_000_000_000 + n),
    updatedAt: new Date(1_700_000_000_000 + n),
  }));
  const brokenChat = { ...chats[0], _id: idOf(2, 0), users: [] };
  await db.collection("chats").insertMany(broken ? [...chats, brokenChat] : chats);
  await db
    .collection("messages")
    .insertMany(chats.map(({ _id }, n) => ({ _id: idOf(5, n), chat: _id, content: "hi" })));
  await db
    .collection("members")
    .insertMany(chats.flatMap(({ _id, users }) => users.map((userId) => ({ chatId: _id, userId }))));
  await db.collection("members").createIndex({ chatId: 1, userId: 1 }, { unique: true });
  if (indexed) await db.collection("messages").createIndex({ chat: 1 });
  return {
    ...place,
    db,
    survivor: idOf(1, 0).toHexString(),
    duplicate: idOf(1, sets).toHexString(),
    broken: idOf(2, 0).toHexString(),
    [Symbol.asyncDispose]: async () => {
      await db.dropDatabase();
      await connection[Symbol.asyncDispose]();
    },
  };
}

/** Every collection of the database byte by byte, and its indexes: equal images are equal databases. */
export async function imageOf(
  { db }: Pick<LegacyDatabase, "db">,
  only?: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const names = (await db.listCollections({}, { nameOnly: true }).toArray())
    .map(({ name }) => name)
    .toSorted();
  const images: Record<string, string> = {};
  for (const name of names.filter((one) => only?.includes(one) ?? true)) {
    const hash = createHash("sha256");
    for await (const raw of db.collection(name).find({}, { raw: true, sort: { _id: 1 } }))
      hash.update(raw as unknown as Uint8Array);
    const indexes = (await db.collection(name).indexes()).map((index) => JSON.stringify(index)).toSorted();
    images[name] = hash.update(indexes.join("\n")).digest("hex");
  }
  return images;
}
