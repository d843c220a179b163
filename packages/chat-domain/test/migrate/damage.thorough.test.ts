import { databaseName, testMongo } from "@onechat/mongo/testing";
import { type Db, type Document, MongoClient } from "mongodb";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { chatContext, resolveChatId } from "../../src/index.ts";
import {
  migrateUp,
  type MigrationContext,
  migrationContext,
  purge,
  rollBack,
  setControl,
} from "../../src/migrate/index.ts";
import { databaseImage, wholeImage } from "./database-image.ts";
import { findingsOf } from "./findings-of.ts";

const client = new MongoClient(testMongo().uri);
const application = ["chats", "messages", "members"];
const model = {
  chats: { participants: "users", idType: "string", scope: null },
  references: [
    { collection: "messages", field: "chat" },
    { collection: "members", field: "chat", onConflict: "keep-survivor" },
  ],
} as const;
let db: Db;
let original: unknown;

beforeEach(async () => {
  db = client.db(databaseName("damage"));
  await insert("chats", [
    // Field names that look like numbers, whose order a JavaScript object would not keep.
    { _id: "a", users: ["x", "y"] },
    { _id: "b", 9: 1, users: ["y", "x"], 2: 2 },
    { _id: "other", users: ["p", "q"] },
  ]);
  await insert("messages", [
    { _id: "m1", chat: "a" },
    { _id: "m2", chat: "b" },
  ]);
  await insert("members", [
    { _id: "r1", chat: "a", user: "x", 7: 1 },
    { _id: "r2", chat: "b", user: "x", note: 1, 7: 1 },
  ]);
  await db.collection("messages").createIndex({ chat: 1 });
  await db.collection("members").createIndex({ chat: 1, user: 1 }, { unique: true });
  original = await databaseImage(db, application);
});
afterEach(() => db.dropDatabase());
afterAll(() => client.close());

/** With ids of text, which the driver's types do not expect. */
async function insert(collection: string, documents: readonly Document[]): Promise<void> {
  await db.command({ insert: collection, documents });
}

async function change(collection: string, _id: string, u: Document): Promise<void> {
  await db.command({ update: collection, updates: [{ q: { _id }, u }] });
}

function contextOf(): MigrationContext {
  return migrationContext(db, { model, graceMs: 0 });
}

async function codes(): Promise<readonly string[]> {
  return (await findingsOf(contextOf())).map((finding) => finding.split(" ")[0] ?? "");
}

describe("damage after a migration", () => {
  beforeEach(async () => {
    expect(await migrateUp(contextOf())).toMatchObject({
      outcome: "done",
      counts: { merged: 1, archivedRows: 1 },
    });
    expect(await codes()).toEqual([]);
  });

  it.each<{ name: string; code: string; damage: () => Promise<unknown> }>([
    {
      name: "a redirect to another chat",
      code: "REDIRECT_MISSING",
      damage: () => change("chat_redirects", "b", { $set: { to: "other" } }),
    },
    {
      name: "a lost redirect",
      code: "REDIRECT_MISSING",
      damage: () => db.collection("chat_redirects").deleteMany({}),
    },
    {
      name: "a tombstone of another chat",
      code: "TOMBSTONE_MISSING",
      damage: () => change("chats", "b", { $set: { mergedInto: "other" } }),
    },
    {
      name: "a tombstone of nothing",
      code: "TOMBSTONE_MISSING",
      damage: () => change("chats", "b", { $set: { mergedInto: null } }),
    },
    {
      name: "a lost alias",
      code: "ALIAS_MISSING",
      damage: () => change("chats", "a", { $unset: { aliases: "" } }),
    },
    {
      name: "a lost copy",
      code: "COPY_MISSING",
      damage: () => db.collection("chats_archive").deleteMany({}),
    },
    {
      name: "a message at a duplicate",
      code: "REFERENCE_TO_LOSER",
      damage: () => insert("messages", [{ _id: "m3", chat: "b" }]),
    },
    {
      name: "a lost key",
      code: "KEYLESS_CHAT",
      damage: () => change("chats", "other", { $unset: { participantsKey: "" } }),
    },
  ])("such as $name is found, and mended by the next run", async ({ code, damage }) => {
    await damage();
    expect(await codes()).toContain(code);
    expect(await migrateUp(contextOf())).toMatchObject({ outcome: "done" });
    expect(await codes()).toEqual([]);
    expect(await resolveChatId(chatContext(db, { model }), "b")).toBe("a");
  });

  it("such as a lost message is found, and can be mended by nobody", async () => {
    await db.collection<{ _id: string }>("messages").deleteOne({ _id: "m2" });
    expect(await codes()).toEqual(["REFERENCE_LOST"]);
  });

  it("such as a survivor of other people takes their key, and is found until its own people are back", async () => {
    await change("chats", "a", { $set: { users: ["x", "stranger"] } });
    expect(await codes()).toContain("WRONG_KEY");
    await insert("messages", [{ _id: "m3", chat: "b" }]);
    expect(await migrateUp(contextOf())).toMatchObject({ outcome: "done", counts: { rekeyed: 1 } });
    expect(await codes()).not.toContain("WRONG_KEY");
    expect(await codes()).not.toEqual([]);
    expect(await db.collection<{ _id: string }>("messages").findOne({ _id: "m3" })).toEqual({
      _id: "m3",
      chat: "b",
    });
    await change("chats", "a", { $set: { users: ["x", "y"] } });
    expect(await migrateUp(contextOf())).toMatchObject({ outcome: "done" });
    expect(await codes()).toEqual([]);
    await db.collection<{ _id: string }>("messages").deleteOne({ _id: "m3" });
    await rollBack(contextOf(), { to: "none" });
    expect(await databaseImage(db, application)).toEqual(original);
  });

  it("does not keep a rollback from bringing a duplicate back", async () => {
    await change("chats", "b", { $set: { mergedInto: "other" } });
    await rollBack(contextOf(), { to: "none" });
    expect(await databaseImage(db, application)).toEqual(original);
  });
});

describe("documents with fields that look like numbers", () => {
  it("are merged, purged and brought back like any other", async () => {
    expect(await purge(contextOf(), { confirmDrained: true })).toMatchObject({
      outcome: "done",
      counts: { purged: 1 },
    });
    expect(await codes()).toEqual([]);
    await rollBack(contextOf(), { to: "none" });
    expect(await databaseImage(db, application)).toEqual(original);
  });
});

describe("an order to pause", () => {
  it("given before a run keeps it from doing anything to the application", async () => {
    await setControl(contextOf(), { action: "pause", reason: "rush hour", by: "a test" });
    expect(await migrateUp(contextOf())).toMatchObject({ outcome: "paused" });
    expect(await databaseImage(db, application)).toEqual(original);
    expect(Object.keys(await wholeImage(db))).not.toContain("chat_merge_journal");
  });
});
