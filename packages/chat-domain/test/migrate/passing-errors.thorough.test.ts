import { canBeProxied, wireProxy, type WireProxy } from "@onechat/mongo/proxy";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { needs } from "@onechat/testing";
import { type Db, MongoClient, ObjectId } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  liftControl,
  migrateUp,
  type MigrationContext,
  migrationContext,
  type MigrationOptions,
  parkedChats,
  rollBack,
  setControl,
  unlock,
} from "../../src/migrate/index.ts";

const { uri: upstream } = testMongo();
const notProxied = canBeProxied(upstream) ? null : "no proxy can stand before the database";

describe("a migration whose database cannot do something just now", needs(notProxied), () => {
  const databases: Db[] = [];
  let proxy: WireProxy;
  let client: MongoClient;

  beforeAll(async () => {
    proxy = await wireProxy({ upstream, remember: 0 });
    client = new MongoClient(proxy.uri);
  });
  afterAll(async () => {
    await Promise.all(databases.map((db) => db.dropDatabase()));
    await client.close();
    await proxy[Symbol.asyncDispose]();
  });

  /** So many pairs of people with two chats each, and a message in every chat. */
  async function twins(pairs: number): Promise<Db> {
    const db = client.db(databaseName("passing"));
    databases.push(db);
    const chats = Array.from({ length: pairs * 2 }, (_, n) => ({
      _id: new ObjectId(),
      participants: ["bob", `user-${n % pairs}`],
    }));
    await db.collection("chats").insertMany(chats);
    await db.collection("messages").insertMany(chats.map(({ _id }) => ({ chat: _id })));
    await db.collection("messages").createIndex({ chat: 1 });
    return db;
  }

  function contextOf(db: Db, options: MigrationOptions = {}): MigrationContext {
    const model = {
      chats: { scope: null },
      references: [{ collection: "messages", field: "chat" }],
      fold: { updatedAt: "max" },
    } as const;
    return migrationContext(db, { model, graceMs: 0, ...options });
  }

  it("parks nobody for refusals of single writes that pass", async () => {
    const db = await twins(5);
    const error = { code: 189, codeName: "PrimarySteppedDown" };
    using refused = proxy.rule({
      commands: ["update"],
      collections: ["chats"],
      matches: ({ updates }) => JSON.stringify(updates).includes("aliases"),
      times: 4,
      fault: { writeErrors: Array.from({ length: 20 }, (_, index) => ({ index, ...error })) },
    });
    expect(await migrateUp(contextOf(db))).toMatchObject({ outcome: "done", counts: { merged: 5 } });
    expect(refused.hits()).toBe(4);
  });

  it("parks the one document that takes too long while others do not", async () => {
    const db = await twins(5);
    const chats = await db
      .collection("chats")
      .find({}, { sort: { _id: 1 } })
      .toArray();
    const loser = chats.at(-1)?._id ?? new ObjectId();
    using slow = proxy.rule({
      commands: ["aggregate"],
      collections: ["chats"],
      matches: ({ pipeline }) => JSON.stringify(pipeline).includes(String(loser)),
      times: "always",
      fault: { error: { code: 50, codeName: "MaxTimeMSExpired" } },
    });
    const ctx = contextOf(db);
    expect(await migrateUp(ctx)).toMatchObject({ outcome: "parked", counts: { merged: 4 } });
    expect(slow.hits()).toBeGreaterThanOrEqual(4);
    expect(await parkedChats(ctx)).toMatchObject([
      { _id: loser, reason: "the server takes longer for it than a write may take" },
    ]);
    expect(await db.collection("chats").findOne({ _id: loser })).not.toHaveProperty("mergedInto");
  });

  it("purges in halves what together takes too long", async () => {
    const db = await twins(5);
    const ctx = contextOf(db);
    await migrateUp(ctx);
    const chats = db.collection("chats");
    const losers = (await chats.find({ mergedInto: { $exists: true } }).toArray()).map(({ _id }) =>
      String(_id),
    );
    using slow = proxy.rule({
      commands: ["aggregate"],
      collections: ["chats"],
      matches({ pipeline }) {
        const text = JSON.stringify(pipeline);
        return text.includes("$merge") && losers.filter((id) => text.includes(id)).length > 1;
      },
      times: "always",
      fault: { error: { code: 50, codeName: "MaxTimeMSExpired" } },
    });
    const purged = await migrateUp(ctx, { to: "purge", confirmDrained: true });
    expect(purged).toMatchObject({ outcome: "done", counts: { purged: 5 } });
    expect(slow.hits()).toBeGreaterThanOrEqual(4);
    expect(await chats.countDocuments()).toBe(5);
  });

  it.each([
    ["copies that come back", { commands: ["aggregate"], collections: ["chats_archive"] }, "$merge"],
    ["tombstones that become chats", { commands: ["update"], collections: ["chats"] }, "mergedInto"],
  ])("undoes in halves what together takes too long: %s", async (_what, where, sign) => {
    const db = await twins(5);
    const ctx = contextOf(db, { patienceMs: 5_000, batch: { start: 5, min: 5, max: 5 } });
    const before = await db.collection("chats").find().toArray();
    await migrateUp(ctx, { to: "purge", confirmDrained: true });
    const losers = (await db.collection("chat_redirects").find().toArray()).map(({ _id }) => String(_id));
    using slow = proxy.rule({
      ...where,
      matches(command) {
        const text = JSON.stringify(command);
        return text.includes(sign) && losers.filter((id) => text.includes(id)).length > 1;
      },
      times: "always",
      fault: { error: { code: 50, codeName: "MaxTimeMSExpired" } },
    });
    const undone = await rollBack(ctx, { to: "none" });
    expect(undone).toMatchObject({ outcome: "done", counts: { restored: 5 } });
    expect(slow.hits()).toBeGreaterThanOrEqual(4);
    expect(
      await db
        .collection("chats")
        .find({}, { sort: { _id: 1 } })
        .toArray(),
    ).toEqual(before);
  });

  it("waits at its very beginning and end as well: lock, record, events, and the look for work", async () => {
    const db = await twins(2);
    const records = ["migrator_locks", "migrator_runs", "migrator_events", "chat_merge_journal"];
    const commands = [
      "find",
      "update",
      "findAndModify",
      "aggregate",
      "listIndexes",
      "buildInfo",
      "listCollections",
    ];
    const fault = { error: { code: 91, codeName: "ShutdownInProgress" } } as const;
    using first = proxy.rule({ commands, times: 4, every: 9, fault });
    using later = proxy.rule({ commands, collections: records, times: 4, every: 5, when: "after", fault });
    expect(await migrateUp(contextOf(db))).toMatchObject({ outcome: "done", counts: { merged: 2 } });
    expect([first.hits(), later.hits()]).toEqual([4, 4]);
    const run = await db.collection("migrator_runs").findOne();
    expect(run).toMatchObject({ state: "done" });
    const ends = await db.collection("migrator_events").countDocuments({ event: "run.end" });
    expect(ends).toBe(1);
    expect(await db.collection("migrator_locks").findOne()).toMatchObject({ owner: "" });
  });

  it("knows an error that passes by its code wherever it reads numbers as they are stored", async () => {
    const db = await twins(1);
    const ids = (await db.collection("chats").find().toArray()).map(({ _id }) => _id);
    await db.collection<{ _id: string; chats: ObjectId[] }>("folders").insertOne({ _id: "all", chats: ids });
    await db.collection("folders").createIndex({ chats: 1 });
    const model = {
      chats: { scope: null },
      references: [
        { collection: "messages", field: "chat" },
        { collection: "folders", field: "chats" },
      ],
    } as const;
    const ctx = migrationContext(db, { model, graceMs: 0 });
    await migrateUp(ctx);
    const killed = { commands: ["find"], times: 2, when: "after", fault: { error: { code: 237 } } } as const;
    using originals = proxy.rule({ ...killed, collections: ["chat_originals"] });
    using folders = proxy.rule({ ...killed, collections: ["folders"] });
    expect(await rollBack(ctx, { to: "none" })).toMatchObject({ outcome: "done" });
    expect([originals.hits(), folders.hits()]).toEqual([2, 2]);
    expect(await db.collection("folders").findOne()).toMatchObject({ chats: ids });
  });

  it("takes and lifts an operator's orders", async () => {
    const ctx = contextOf(await twins(1));
    const fault = { error: { code: 462, labels: ["SystemOverloadedError", "RetryableError"] } };
    const interrupt = (when: "before" | "after") =>
      proxy.rule({ collections: ["migrator_locks"], times: 3, when, fault });
    using setting = interrupt("after");
    await setControl(ctx, { action: "pause", by: "somebody", reason: "a backup" });
    expect(setting.hits()).toBe(3);
    using lifting = interrupt("after");
    expect(await liftControl(ctx)).toBe(true);
    expect(lifting.hits()).toBe(3);
    expect(await liftControl(ctx)).toBe(false);
    using unlocking = interrupt("before");
    expect(await unlock(ctx)).toBeNull();
    expect(unlocking.hits()).toBe(3);
  });
});
