import { databaseName, testMongo } from "@onechat/mongo/testing";
import { type Db, MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrateUp, migrationContext } from "../../src/migrate/index.ts";
import { findingsOf } from "./findings-of.ts";
import { fillWithLegacyChats, legacyModel, messagesPerChat } from "./legacy-chats.ts";
import { type RunEnd, type RunnerCommand, runnerProcess, type RunnerProcess } from "./runner-process.ts";

const chats = 120;

describe("several runners in processes of their own, started at once on a database that no runner has seen", () => {
  const client = new MongoClient(testMongo().uri);
  const databases: Db[] = [];
  let processes: readonly RunnerProcess[] = [];

  beforeAll(async () => {
    processes = await Promise.all(Array.from({ length: 5 }, () => runnerProcess(testMongo().uri)));
  });
  afterAll(async () => {
    await Promise.all(processes.map((runner) => runner[Symbol.asyncDispose]()));
    await Promise.all(databases.map((db) => db.dropDatabase()));
    await client.close();
  });

  async function endsOf(count: number, onLocked: RunnerCommand["onLocked"]): Promise<readonly RunEnd[]> {
    const db = client.db(databaseName("runners"));
    databases.push(db);
    const { sets } = await fillWithLegacyChats(db, chats, 11);
    expect(await db.listCollections({ name: "migrator_locks" }).toArray()).toEqual([]);
    const command: RunnerCommand = {
      database: db.databaseName,
      command: "up",
      onLocked,
      options: { leaseMs: 10_000, graceMs: 50, batch: { start: 20, min: 5, max: 50 } },
    };
    const runs = processes.slice(0, count).map((runner) => runner.begin(command));
    const ends = await Promise.all(runs.map(({ ended }) => ended));
    await expectMerged(db, sets.size);
    expect(ends.filter(({ merged }) => merged > 0)).toMatchObject([{ merged: chats - sets.size }]);
    return ends;
  }

  async function expectMerged(db: Db, sets: number): Promise<void> {
    const ctx = migrationContext(db, { model: legacyModel });
    expect(await findingsOf(ctx)).toEqual([]);
    const count = (filter: object): Promise<number> => db.collection("chats").countDocuments(filter);
    expect(await count({ participantsKey: { $type: "string" } })).toBe(sets);
    expect(await count({ mergedInto: { $exists: true } })).toBe(chats - sets);
    expect(await db.collection("messages").countDocuments()).toBe(chats * messagesPerChat);
    expect(await migrateUp(ctx)).toMatchObject({ outcome: "nothing-to-do", run: null });
  }

  it.each([2, 5])("of %i that do not wait, one works and the others are told that it does", async (count) => {
    const ends = await endsOf(count, "fail");
    const locked = Array.from({ length: count - 1 }, () => "LOCKED");
    expect(ends.map(({ end }) => end).toSorted()).toEqual([...locked, "done"]);
  });

  it.each([2, 5])("of %i that wait, one works and the others find nothing left to do", async (count) => {
    const ends = await endsOf(count, "wait");
    expect(ends.filter(({ end }) => !["done", "nothing-to-do"].includes(end))).toEqual([]);
  });
});
