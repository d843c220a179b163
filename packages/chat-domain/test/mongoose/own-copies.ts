import { createRequire } from "node:module";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { type Db, MongoClient, type ObjectId } from "mongodb";
import { MongoClient as MongoClient6 } from "mongodb-6";
import { MongoClient as MongoClient6Oldest } from "mongodb-6-oldest";
import { MongoClient as MongoClient7Oldest } from "mongodb-7-oldest";
import mongoose, { Types } from "mongoose";
import { expect } from "vitest";
import { auditChats } from "../../src/audit/index.ts";
import { type AnyDb, chatContext, createOrGetChat, getChat } from "../../src/index.ts";
import { migrateUp, migrationContext, rollBack } from "../../src/migrate/index.ts";
import { tutorialModel } from "./fresh-application.ts";

// Without its types: they declare the module "mongoose", which here is that of version 9.
const require = createRequire(import.meta.url);
export const mongoose8 = require("mongoose-8") as Pick<
  typeof mongoose,
  "version" | "createConnection" | "Types"
>;

/** A database as an application has it, whose values are of its own copy of the driver. */
export interface OwnCopy extends AsyncDisposable {
  readonly db: AnyDb;
  readonly ObjectId: typeof ObjectId;
  insert(collection: string, documents: readonly object[]): Promise<readonly ObjectId[]>;
  all(collection: string): Promise<readonly object[]>;
}

/** Only the types of two copies differ: what is called here has not changed since version 6. */
function ownCopy(db: Db, IdClass: unknown, close: () => Promise<void>): OwnCopy {
  return {
    db,
    ObjectId: IdClass as typeof ObjectId,
    insert: async (name, documents) =>
      Object.values((await db.collection(name).insertMany([...documents])).insertedIds),
    all: (name) =>
      db
        .collection(name)
        .find({}, { sort: { _id: 1 } })
        .toArray(),
    async [Symbol.asyncDispose]() {
      await db.dropDatabase();
      await close();
    },
  };
}

async function ofClient(Client: unknown): Promise<OwnCopy> {
  const client = new (Client as typeof MongoClient)(testMongo().uri);
  const db = client.db(databaseName("copies"));
  const { insertedId } = await db.collection("other").insertOne({});
  return ownCopy(db, insertedId.constructor, () => client.close());
}

async function ofMongoose(library: unknown, IdClass: unknown): Promise<OwnCopy> {
  const { createConnection } = library as typeof mongoose;
  const connection = await createConnection(testMongo().uri, { dbName: databaseName("copies") }).asPromise();
  if (connection.db === undefined) throw new Error("not connected");
  return ownCopy(connection.db as unknown as Db, IdClass, () => connection.close());
}

export const copies: readonly (readonly [string, () => Promise<OwnCopy>])[] = [
  ["mongodb 6.8", () => ofClient(MongoClient6Oldest)],
  ["mongodb 6", () => ofClient(MongoClient6)],
  ["mongodb 7.0", () => ofClient(MongoClient7Oldest)],
  ["mongodb 7", () => ofClient(MongoClient)],
  [`the connection of Mongoose ${mongoose8.version}`, () => ofMongoose(mongoose8, mongoose8.Types.ObjectId)],
  [`the connection of Mongoose ${mongoose.version}`, () => ofMongoose(mongoose, Types.ObjectId)],
];

/** Its legacy chats are claimed and merged, what its old version sees follows, and all of it is undone. */
export async function expectMigrated(copy: OwnCopy): Promise<void> {
  const [me, other, third] = [1, 2, 3].map(() => new copy.ObjectId());
  const one = { isGroupChat: false, createdAt: new Date(0) };
  const chats = await copy.insert("chats", [
    { ...one, users: [me, other] },
    { ...one, users: [other, me] },
    { ...one, users: [me, third] },
  ]);
  await copy.insert(
    "messages",
    chats.map((chat, n) => ({ chat, n })),
  );
  const before = { chats: await copy.all("chats"), messages: await copy.all("messages") };
  const migration = migrationContext(copy.db, { model: tutorialModel, graceMs: 20 });
  expect(await migrateUp(migration, { createReferenceIndexes: true })).toMatchObject({
    outcome: "done",
    counts: { merged: 1 },
  });
  expect(await collected(auditChats(migration))).toEqual([]);
  const ctx = chatContext(copy.db, { model: tutorialModel });
  const { chat, created } = await createOrGetChat(ctx, { participants: [me, other] });
  expect({ created, id: chat.id, aliases: chat.aliases }).toEqual({
    created: false,
    id: String(chats[0]),
    aliases: [String(chats[1])],
  });
  expect((await getChat(ctx, chats[1])).id).toBe(chat.id);
  expect(await rollBack(migration, { to: "none" })).toMatchObject({ outcome: "done" });
  expect({ chats: await copy.all("chats"), messages: await copy.all("messages") }).toEqual(before);
}

async function collected<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}
