import { setTimeout as sleep } from "node:timers/promises";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { type Db, MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrateUp, migrationContext, type MigrationContext, rollBack } from "../../src/migrate/index.ts";
import { databaseImage, wholeImage } from "./database-image.ts";
import { findingsOf } from "./findings-of.ts";
import { fillWithLegacyChats, legacyModel, messagesPerChat, seededRandom } from "./legacy-chats.ts";
import { type RunnerCommand, runnerProcess, type RunnerProcess } from "./runner-process.ts";

const chats = 40;
const leaseMs = 600;
const application = ["chats", "messages", "members"];

describe("a leader that is frozen in the middle of its work for longer than its lease lasts", () => {
  const client = new MongoClient(testMongo().uri);
  const databases: Db[] = [];
  const random = seededRandom(5);
  let leader: RunnerProcess;
  let eventsOfRun: number;

  const commandFor = (db: Db): RunnerCommand => ({
    database: db.databaseName,
    command: "up",
    onLocked: "fail",
    options: { leaseMs, graceMs: 20, batch: { start: 5, min: 5, max: 5 } },
  });

  function contextOf(db: Db, onFence?: (fence: number) => void): MigrationContext {
    return migrationContext(db, {
      model: legacyModel,
      leaseMs,
      graceMs: 20,
      batch: { start: 20, min: 5, max: 50 },
      onEvent: (event) => {
        if (event.event === "lock.acquired") onFence?.(event.fence);
      },
    });
  }

  async function legacyDatabase(): Promise<{ readonly db: Db; readonly sets: number }> {
    const db = client.db(databaseName("frozen"));
    databases.push(db);
    const { sets } = await fillWithLegacyChats(db, chats, 3);
    return { db, sets: sets.size };
  }

  beforeAll(async () => {
    leader = await runnerProcess(testMongo().uri);
    const { db } = await legacyDatabase();
    const run = leader.begin(commandFor(db));
    expect(await run.ended).toMatchObject({ end: "done" });
    eventsOfRun = await run.reported(0);
  });
  afterAll(async () => {
    await leader[Symbol.asyncDispose]();
    await Promise.all(databases.map((db) => db.dropDatabase()));
    await client.close();
  });

  /** Freezes the leader, lets another one do its work, and wakes the leader up; returns the phase it was frozen in. */
  async function takeOver(
    db: Db,
    other: (ctx: MigrationContext) => Promise<unknown>,
  ): Promise<string | null> {
    const run = leader.begin(commandFor(db));
    await run.reported(3 + Math.floor(random() * (eventsOfRun - 8)));
    await sleep(random() * 15);
    leader.pause();
    const fences: number[] = [];
    await other(contextOf(db, (fence) => fences.push(fence)));
    const before = await wholeImage(db);
    leader.resume();
    expect(await run.ended).toMatchObject({ end: "LEASE_LOST" });
    await sleep(leaseMs / 2);
    expect(await wholeImage(db)).toEqual(before);
    expect(fences).toEqual([2]);
    return run.phase();
  }

  it("writes nothing more once another runner has finished its work", async () => {
    const phases: (string | null)[] = [];
    for (let round = 0; round < 5; round += 1) {
      const { db, sets } = await legacyDatabase();
      phases.push(await takeOver(db, (ctx) => migrateUp(ctx, { onLocked: "wait" })));
      expect(await findingsOf(contextOf(db))).toEqual([]);
      expect(await db.collection("chats").countDocuments({ participantsKey: { $exists: true } })).toBe(sets);
      expect(await db.collection("messages").countDocuments()).toBe(chats * messagesPerChat);
    }
    process.stdout.write(`frozen in ${phases.join(", ")}\n`);
  });

  it("writes nothing more once another runner has undone its work, down to the last byte", async () => {
    const phases: (string | null)[] = [];
    for (let round = 0; round < 5; round += 1) {
      const { db } = await legacyDatabase();
      const original = await databaseImage(db, application);
      phases.push(await takeOver(db, (ctx) => rollBack(ctx, { to: "none", onLocked: "wait" })));
      expect(await databaseImage(db, application)).toEqual(original);
    }
    process.stdout.write(`frozen in ${phases.join(", ")}\n`);
  });
});
