import { databaseName, testMongo } from "@onechat/mongo/testing";
import { seedOf } from "@onechat/testing";
import { type Db, MongoClient } from "mongodb";
import { afterAll, describe, expect, it } from "vitest";
import {
  type MigrationContext,
  migrateUp,
  migrationContext,
  rollBack,
  type RunResult,
} from "../../src/migrate/index.ts";
import { databaseImage } from "./database-image.ts";
import { findingsOf } from "./findings-of.ts";
import { fillWithLegacyChats, legacyModel, oneOf, seededRandom } from "./legacy-chats.ts";
import { type RunnerCommand, runnerProcess, type StopAt } from "./runner-process.ts";

const application = ["chats", "messages", "members"];
const moved = ["messages", "members"];
/** Whoever comes after a dead runner waits for the end of its lease, and before a rollback as long again. */
const options = { leaseMs: 2_000, graceMs: 0, batch: { start: 5, min: 5, max: 5 } };

describe("a runner whose process is killed with -9 again and again", () => {
  const client = new MongoClient(testMongo().uri);
  const databases: Db[] = [];
  const random = seededRandom(seedOf(process.env));

  afterAll(async () => {
    await Promise.all(databases.map((db) => db.dropDatabase()));
    await client.close();
  });

  async function legacyDatabase(): Promise<Db> {
    const db = client.db(databaseName("killed_process"));
    databases.push(db);
    await fillWithLegacyChats(db, 30, 3);
    return db;
  }

  function contextOf(db: Db): MigrationContext {
    return migrationContext(db, { model: legacyModel, ...options });
  }

  const up = (db: Db): Promise<RunResult> => migrateUp(contextOf(db), { onLocked: "wait" });
  const back = (db: Db): Promise<RunResult> => rollBack(contextOf(db), { to: "none", onLocked: "wait" });

  /** Kills one runner after the other, each some way into what the one before has left to be done. */
  async function killRunners(db: Db, command: RunnerCommand["command"], kills: number): Promise<void> {
    const runners = await Promise.all(Array.from({ length: kills }, () => runnerProcess(testMongo().uri)));
    for (const runner of runners) {
      const stopAt: StopAt = {
        command: 30 + Math.floor(random() * 30),
        moment: oneOf(["before", "sent", "answered"], random),
        signal: "SIGKILL",
      };
      const database = db.databaseName;
      await runner.begin({ database, command, onLocked: "wait", options, stopAt }).stopped();
    }
  }

  it("leaves to its successors what ends as if nobody had been killed, up and back", async () => {
    const undisturbed = await legacyDatabase();
    const original = await databaseImage(undisturbed, application);
    await up(undisturbed);
    const db = await legacyDatabase();
    await killRunners(db, "up", 3);
    expect(await up(db)).toMatchObject({ outcome: "done" });
    expect(await databaseImage(db, moved)).toEqual(await databaseImage(undisturbed, moved));
    expect(await findingsOf(contextOf(db))).toEqual([]);
    await killRunners(db, "rollback", 2);
    expect(await back(db)).toMatchObject({ outcome: "done" });
    expect(await databaseImage(db, application)).toEqual(original);
  });
});
