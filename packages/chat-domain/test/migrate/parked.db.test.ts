import { databaseName, testMongo } from "@onechat/mongo/testing";
import { participantsKey } from "../../src/index.ts";
import { BSON, type Db, type Document, MongoClient, ObjectId } from "mongodb";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  explainChat,
  migrateUp,
  type MigrationContext,
  migrationContext,
  MigrationError,
  migrationStatus,
  type MigrationOptions,
  parkedChats,
  planMigration,
} from "../../src/migrate/index.ts";
import { wholeImage } from "./database-image.ts";

const client = new MongoClient(testMongo().uri);
const megabyte = 1024 * 1024;
let db: Db;

beforeEach(() => {
  db = client.db(databaseName("parked"));
});
afterEach(() => db.dropDatabase());
afterAll(() => client.close());

function contextOf(options: MigrationOptions = {}): MigrationContext {
  const model = { references: [{ collection: "messages", field: "chat" }] };
  return migrationContext(db, { model, graceMs: 0, ...options });
}

/** What the field of a key takes: type, name, length, 46 characters, and their ends. */
const keySize = 1 + "participantsKey".length + 1 + 4 + 46 + 1;

function filledUpTo(chat: Document, size: number): Document {
  const empty = BSON.calculateObjectSize({ ...chat, text: "" });
  return { ...chat, text: "x".repeat(size - empty) };
}

async function withMessages(): Promise<void> {
  await db.collection("messages").createIndex({ chat: 1 });
}

describe("a document that cannot be worked on", () => {
  it("never stops the run, is listed with its reason, and is forgotten once it has been put right", async () => {
    await withMessages();
    const chats = db.collection("chats");
    const valid = new ObjectId();
    const missing = new ObjectId();
    await chats.insertMany([
      { _id: valid, participants: ["alice", "bob"] },
      { _id: missing },
      { _id: new ObjectId(), participants: [" alice", "bob"] },
    ]);
    const odd = { _id: { odd: "id" }, participants: ["alice", "carol"] };
    const long = { _id: "x".repeat(257), participants: ["alice", "dora"] };
    await db.command({ insert: "chats", documents: [odd, long] });
    const events: string[] = [];
    const ctx = contextOf({ onEvent: ({ event }) => void events.push(event) });
    expect(await migrateUp(ctx)).toMatchObject({ outcome: "parked", parked: 4, counts: { keyed: 1 } });
    expect(events.filter((event) => event === "chat.parked")).toHaveLength(4);
    const reasons = new Set((await parkedChats(ctx)).map(({ reason }) => reason));
    expect(reasons).toEqual(
      new Set([
        "its _id is of type object; an id is a string, an integer, an ObjectId or a UUID",
        "its _id is longer than 256 UTF-16 units",
        "it has no participants",
        "participants[0] has leading or trailing white space",
      ]),
    );
    const before = await wholeImage(db);
    expect(await migrateUp(ctx)).toMatchObject({ outcome: "parked", parked: 4, run: null });
    expect(await wholeImage(db)).toEqual(before);
    await chats.updateOne({ _id: missing }, { $set: { participants: ["dave"] } });
    expect(await migrateUp(ctx)).toMatchObject({ outcome: "parked", parked: 3 });
    expect(await chats.findOne({ _id: missing })).toHaveProperty("participantsKey");
  });

  it("may be a survivor without room for an alias: its duplicates stay what they are, and are tried again on demand", async () => {
    await withMessages();
    const survivor = new ObjectId();
    const loser = new ObjectId();
    const chats = db.collection("chats");
    await chats.insertMany([
      filledUpTo({ _id: survivor, participants: ["alice", "bob"] }, 16 * megabyte - keySize - 10),
      { _id: loser, participants: ["bob", "alice"] },
      { _id: new ObjectId(), participants: ["alice", "carol"] },
      { _id: new ObjectId(), participants: ["carol", "alice"] },
    ]);
    await db.collection("messages").insertOne({ chat: loser });
    const ctx = contextOf();
    const reason = "its survivor cannot name it in aliases of chats: the document has no room left (16 MB)";
    expect((await planMigration(ctx)).invalid).toEqual([{ reason, chats: 1, examples: [loser] }]);
    expect(await migrateUp(ctx)).toMatchObject({ outcome: "parked", parked: 1, counts: { merged: 1 } });
    expect(await parkedChats(ctx)).toMatchObject([{ _id: loser, survivor, reason }]);
    expect(await chats.findOne({ _id: loser })).not.toHaveProperty("mergedInto");
    expect(await db.collection("messages").countDocuments({ chat: loser })).toBe(1);
    await chats.updateOne({ _id: survivor }, { $set: { text: "short" } });
    expect(await migrateUp(ctx, { retryParked: true })).toMatchObject({ outcome: "done", parked: 0 });
    expect(await db.collection("messages").countDocuments({ chat: survivor })).toBe(1);
  });

  it("may be a chat without room for its key", async () => {
    await withMessages();
    const full = new ObjectId();
    await db
      .collection("chats")
      .insertMany([
        filledUpTo({ _id: full, participants: ["alice", "bob"] }, 16 * megabyte - 10),
        { _id: new ObjectId(), participants: ["alice", "carol"] },
      ]);
    const ctx = contextOf();
    const reason = "its key could not be set: the document has no room left (16 MB)";
    expect((await planMigration(ctx)).invalid).toEqual([{ reason, chats: 1, examples: [full] }]);
    expect(await migrateUp(ctx)).toMatchObject({ outcome: "parked", parked: 1, counts: { keyed: 1 } });
    expect((await parkedChats(ctx))[0]?.reason).toBe(reason);
  });

  it("may be one that refers to a duplicate, without room for the longer id of the survivor", async () => {
    await withMessages();
    const [loser, survivor] = ["b", "a".repeat(200)];
    const chats = [loser, survivor].map((_id) => ({ _id, participants: ["alice", "bob"] }));
    await db.command({ insert: "chats", documents: chats });
    const message = filledUpTo({ _id: new ObjectId(), chat: loser }, 16 * megabyte - 150);
    await db.collection("messages").insertMany([message, { chat: loser }]);
    const ctx = contextOf();
    const reason = "a document of messages cannot follow it (chat): the document has no room left (16 MB)";
    expect((await planMigration(ctx)).invalid).toEqual([{ reason, chats: 1, examples: [loser] }]);
    expect(await migrateUp(ctx)).toMatchObject({ outcome: "parked", parked: 1 });
    expect(await parkedChats(ctx)).toMatchObject([{ _id: loser, reason }]);
  });

  it("may be a duplicate too large for the archive", async () => {
    await withMessages();
    const loser = new ObjectId();
    await db.collection("chats").insertMany([
      { _id: new ObjectId("0".repeat(24)), participants: ["alice", "bob"] },
      { _id: loser, participants: ["alice", "bob"], text: "x".repeat(16 * megabyte - 1_000) },
    ]);
    const reason = "it is too large to be archived";
    const { invalid } = await planMigration(contextOf());
    expect(invalid).toEqual([{ reason, chats: 1, examples: [loser] }]);
    expect(await migrateUp(contextOf())).toMatchObject({ outcome: "parked", parked: 1 });
    expect((await parkedChats(contextOf()))[0]?.reason).toBe(reason);
  });
});

describe("preflight", () => {
  async function problemsOf(options: MigrationOptions): Promise<readonly string[]> {
    const before = await wholeImage(db);
    const error: unknown = await migrateUp(contextOf(options)).catch((reason: unknown) => reason);
    expect(await wholeImage(db)).toEqual(before);
    if (!(error instanceof MigrationError)) throw error;
    expect(error.code).toBe("PREFLIGHT_REFUSED");
    return error.problems;
  }

  it("refuses a misspelt collection, and says which there are", async () => {
    await withMessages();
    await db.collection("rooms").insertOne({ participants: ["alice"] });
    expect(await problemsOf({})).toEqual([
      expect.stringMatching(/^there is no collection chats in the database \S+; it has: messages, rooms$/),
    ]);
  });

  it("refuses a reference without an index, and a unique index without a policy", async () => {
    const { insertedId } = await db.collection("chats").insertOne({ participants: ["alice"] });
    await db.collection("messages").insertOne({ chat: insertedId });
    await db.collection("members").createIndex({ chatId: 1, user: 1 }, { unique: true });
    const references = [
      { collection: "messages", field: "chat" },
      { collection: "members", field: "chatId" },
    ];
    expect(await problemsOf({ model: { references } })).toEqual([
      expect.stringContaining("the unique index chatId_1_user_1 of members holds chatId"),
      expect.stringContaining("messages.chat has no index"),
    ]);
  });

  it("refuses a path where no chat has participants, and an index that cannot judge", async () => {
    await withMessages();
    await db.collection("chats").insertMany(Array.from({ length: 9 }, (_, n) => ({ users: [`u${n}`] })));
    await db.collection("chats").createIndex({ participantsKey: 1 });
    expect(await problemsOf({})).toEqual([
      expect.stringMatching(/^the index participantsKey_1 of \S+ is not unique; drop it first$/),
      expect.stringContaining("is chats.participants the right path?"),
    ]);
  });

  it("refuses to purge unless somebody says that no old version is left", async () => {
    await withMessages();
    await db.collection("chats").insertOne({ participants: ["alice"] });
    const error: unknown = await migrateUp(contextOf(), { to: "purge" }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "PREFLIGHT_REFUSED",
      problems: [expect.stringContaining("--confirm-drained")],
    });
  });
});

describe("looking", () => {
  it("changes nothing, neither before nor after", async () => {
    await withMessages();
    await db
      .collection("chats")
      .insertMany([
        { participants: ["alice", "bob"] },
        { participants: ["bob", "alice"] },
        { participants: ["alice"], participantsKey: participantsKey(["alice", "bob"]) },
      ]);
    const ctx = contextOf();
    const before = await wholeImage(db);
    expect(await planMigration(ctx)).toMatchObject({
      problems: [],
      pending: true,
      keyIndexExists: false,
      chats: { unique: 3, keyed: 0, keyless: 2, otherKey: 1 },
      duplicates: { groups: 1, losers: 1, share: 1 },
    });
    expect(await migrationStatus(ctx)).toMatchObject({ pending: true, lastRun: null, runner: null });
    expect(await wholeImage(db)).toEqual(before);
    await migrateUp(ctx);
    const after = await wholeImage(db);
    expect(await planMigration(ctx)).toMatchObject({ pending: false, chats: { unique: 2, keyed: 2 } });
    expect(await migrationStatus(ctx)).toMatchObject({
      pending: false,
      keyIndex: null,
      journal: { settled: 1 },
    });
    const loser = await db.collection("chat_merge_journal").findOne({});
    expect(await explainChat(ctx, String(loser?._id))).toMatchObject({
      standing: "tombstone",
      copies: [{ epoch: 1 }],
    });
    await expect(explainChat(ctx, "nobody")).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await wholeImage(db)).toEqual(after);
  });
});
