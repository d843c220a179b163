import { databaseName, testMongo } from "@onechat/mongo/testing";
import { type Db, type Document, MongoClient, ObjectId } from "mongodb";
import { afterAll, describe, expect, it } from "vitest";
import { chatContext, createOrGetChat, getChat } from "../../src/index.ts";
import {
  migrateUp,
  type MigrationContext,
  migrationContext,
  type MigrationOptions,
  purge,
  rollBack,
} from "../../src/migrate/index.ts";
import { findingsOf } from "./findings-of.ts";
import { interruptedDatabase } from "./interrupted-database.ts";
import { idByClock, legacyModel } from "./legacy-chats.ts";

const hour = 3_600_000;

describe("what an old version does in the middle of a migration", () => {
  const client = new MongoClient(testMongo().uri);
  const databases: Db[] = [];

  afterAll(async () => {
    await Promise.all(databases.map((db) => db.dropDatabase()));
    await client.close();
  });

  /** Two chats of the same people; the first one survives. */
  async function duplicates(more: Document = {}): Promise<{ readonly db: Db; readonly loser: ObjectId }> {
    const db = client.db(databaseName("findings"));
    databases.push(db);
    const [survivor, loser] = [idByClock(-2 * hour), idByClock(-hour)] as const;
    await db.collection("messages").createIndex({ chat: 1 });
    await db.collection("members").createIndex({ chatId: 1, userId: 1 }, { unique: true });
    await db.collection("chats").insertMany([
      { _id: survivor, isGroupChat: false, users: ["a", "b"] },
      { _id: loser, isGroupChat: false, users: ["b", "a"], ...more },
    ]);
    return { db, loser };
  }

  function contextOf(db: Db, options: MigrationOptions = {}): MigrationContext {
    return migrationContext(db, { model: legacyModel, graceMs: 0, ...options });
  }

  function isUpdateOf(collection: string, command: Document): boolean {
    return command["update"] === collection;
  }

  it("never keeps backfill from its end, however many chats it goes on making", async () => {
    const { db } = await duplicates();
    let made = 0;
    const busy = interruptedDatabase(db, async (command) => {
      if (!isUpdateOf("chats", command) || made >= 40) return;
      made += 1;
      await db.collection("chats").insertOne({ isGroupChat: false, users: [`a-${made}`, "b"] });
    });
    await migrateUp(contextOf(busy), { to: "backfill" });
    expect(made).toBeLessThan(40);
  });

  it("is made up for by the next run, when it changed a duplicate faster than that could be copied", async () => {
    const { db, loser } = await duplicates();
    let changes = 0;
    const busy = interruptedDatabase(db, async (command) => {
      if (command["update"] !== "chats_archive" || changes >= 3) return;
      changes += 1;
      await db.collection("chats").updateOne({ _id: loser }, { $set: { changes } });
    });
    await migrateUp(contextOf(busy));
    expect(changes).toBe(3);
    expect(await migrateUp(contextOf(db))).toMatchObject({ parked: 0 });
    expect(await findingsOf(contextOf(db))).toEqual([]);
  });

  it("is no finding, when it deletes a merged duplicate", async () => {
    const { db, loser } = await duplicates();
    await migrateUp(contextOf(db));
    await db.collection("chats").deleteOne({ _id: loser });
    expect(await findingsOf(contextOf(db), { allowDeleted: true })).toEqual([]);
  });

  it.each(["tombstone", "copy"])(
    "is its own business, when it deletes a duplicate just before the %s of its merge, and leaves nothing behind",
    async (step) => {
      const { db, loser } = await duplicates();
      const before = await db.collection("chats").findOne({ _id: { $ne: loser } });
      let deleted = false;
      const busy = interruptedDatabase(db, async (command) => {
        const text = JSON.stringify(command);
        const isNext =
          step === "copy"
            ? command["aggregate"] === "chats" && text.includes('"into":"chats_archive"')
            : isUpdateOf("chats", command) && text.includes("mergedAt");
        if (deleted || !isNext) return;
        deleted = true;
        await db.collection("chats").deleteOne({ _id: loser });
      });
      await migrateUp(contextOf(busy));
      expect(deleted).toBe(true);
      expect(await db.collection("chat_merge_journal").findOne({ _id: loser })).toMatchObject({
        state: "gone",
      });
      expect(await db.collection("chat_redirects").countDocuments()).toBe(0);
      expect(await findingsOf(contextOf(db))).toEqual([]);
      await rollBack(contextOf(db), { to: "none" });
      expect(await db.collection("chats").find().toArray()).toEqual([before]);
    },
  );

  it("comes back by a rollback of purge, as it was when it was purged", async () => {
    const { db, loser } = await duplicates({ title: "first" });
    await migrateUp(contextOf(db));
    for (const title of ["second", "first"]) {
      await db.collection("chats").updateOne({ _id: loser }, { $set: { title } });
      await migrateUp(contextOf(db));
    }
    const before = await db.collection("chats").findOne({ _id: loser });
    await purge(contextOf(db), { confirmDrained: true });
    expect(await db.collection("chats").findOne({ _id: loser })).toBeNull();
    await rollBack(contextOf(db), { to: "merge" });
    expect(await db.collection("chats").findOne({ _id: loser })).toEqual(before);
  });

  it("does not send merge round in circles, when it writes an explicit null for who a chat was merged into", async () => {
    const { db, loser } = await duplicates({ mergedInto: null });
    await migrateUp(contextOf(db), { maxRuntimeMs: 60_000 });
    expect(await db.collection("chats").findOne({ _id: loser })).toMatchObject({
      mergedInto: expect.any(ObjectId) as unknown,
    });
  });

  it("does not unsettle a run for ever, when it has made a duplicate that is too large to be archived", async () => {
    const { db } = await duplicates({ large: "x".repeat(16 * 1024 * 1024 - 10_000) });
    expect(await migrateUp(contextOf(db))).toMatchObject({ outcome: "parked", parked: 1 });
  });

  it("leaves the keys of chats that the new version made to them, when the migration is undone", async () => {
    const { db } = await duplicates();
    await migrateUp(contextOf(db), { to: "index" });
    const ctx = chatContext(db, { model: legacyModel });
    let late: "not yet" | "now" | "made" = "not yet";
    const busy = interruptedDatabase(db, async () => {
      if (late !== "now") return;
      late = "made";
      await createOrGetChat(ctx, { participants: ["new", "version"] });
      await db.collection("chats").insertMany([
        { _id: idByClock(-hour), isGroupChat: false, users: ["late", "before"] },
        { _id: idByClock(hour), isGroupChat: false, users: ["late", "after"] },
      ]);
    });
    await migrateUp(
      contextOf(busy, {
        onEvent: ({ event, ...rest }) => {
          if (event === "phase.start" && "phase" in rest && rest.phase === "merge") late = "now";
        },
      }),
    );
    expect(late).toBe("made");
    await rollBack(contextOf(db), { to: "index" });
    const keyed = await db
      .collection("chats")
      .find({ participantsKey: { $exists: true } })
      .toArray();
    expect(keyed.map(({ users }) => users as unknown)).toEqual([["new", "version"]]);
  });

  it("cannot hide a duplicate by deleting its survivor in the middle of the merge", async () => {
    const { db, loser } = await duplicates();
    await db.collection("messages").insertOne({ chat: loser });
    let deleted = 0;
    const busy = interruptedDatabase(db, async (command) => {
      if (command["aggregate"] !== "chats" || !JSON.stringify(command).includes("chats_archive")) return;
      const gone = await db
        .collection("chats")
        .deleteOne({ participantsKey: { $exists: true }, users: ["a", "b"] });
      deleted += gone.deletedCount;
    });
    await migrateUp(contextOf(busy));
    expect(deleted).toBe(1);
    await migrateUp(contextOf(db));
    expect(await findingsOf(contextOf(db))).toEqual([]);
    const chat = await getChat(chatContext(db, { model: legacyModel }), loser);
    expect(await db.collection("messages").countDocuments({ chat: new ObjectId(chat.id) })).toBe(1);
  });

  it("is found by an audit, when a runner that was thought dead makes a tombstone after a rollback", async () => {
    const { db, loser } = await duplicates();
    await migrateUp(contextOf(db));
    const tombstone = await db.collection("chats").findOne({ _id: loser });
    await rollBack(contextOf(db), { to: "backfill" });
    await db
      .collection("chats")
      .updateOne({ _id: loser }, { $set: { mergedInto: tombstone?.["mergedInto"] as unknown } });
    expect(await findingsOf(contextOf(db))).not.toEqual([]);
  });
});
