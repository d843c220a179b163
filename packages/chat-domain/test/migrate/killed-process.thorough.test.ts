import { setTimeout as sleep } from "node:timers/promises";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { type Db, MongoClient } from "mongodb";
import { afterAll, describe, expect, it } from "vitest";
import { migrationContext, rollBack } from "../../src/migrate/index.ts";
import { databaseImage } from "./database-image.ts";
import { findingsOf } from "./findings-of.ts";
import { fillWithLegacyChats, legacyModel, seededRandom } from "./legacy-chats.ts";
import { type RunnerCommand, runnerProcess } from "./runner-process.ts";

const application = ["chats", "messages", "members"];
const moved = ["messages", "members"];

describe("a runner whose process is killed with -9 again and again", () => {
  const client = new MongoClient(testMongo().uri);
  const databases: Db[] = [];
  const random = seededRandom(11);

  afterAll(async () => {
    await Promise.all(databases.map((db) => db.dropDatabase()));
    await client.close();
  });

  async function legacyDatabase(): Promise<Db> {
    const db = client.db(databaseName("killed_process"));
    databases.push(db);
    await fillWithLegacyChats(db, 60, 3);
    return db;
  }

  function commandFor(db: Db, command: RunnerCommand["command"]): RunnerCommand {
    const options = { leaseMs: 1_500, graceMs: 0, batch: { start: 5, min: 5, max: 5 } };
    return { database: db.databaseName, command, onLocked: "wait", options };
  }

  /** Kills one runner after the other, each some way into its run, and lets the last one come to its end. */
  async function runThroughKills(db: Db, command: RunnerCommand["command"], kills: number): Promise<void> {
    for (let killed = 0; killed < kills; killed += 1) {
      await using runner = await runnerProcess(testMongo().uri);
      const run = runner.begin(commandFor(db, command));
      run.ended.catch(() => undefined);
      await run.reported(3 + Math.floor(random() * 6));
      await sleep(random() * 20);
    }
    await using survivor = await runnerProcess(testMongo().uri);
    const { end } = await survivor.begin(commandFor(db, command)).ended;
    if (end !== "done") throw new Error(`the last runner ended with ${end}`);
  }

  it("leaves to its successors what ends as if nobody had been killed, up and back", async () => {
    const undisturbed = await legacyDatabase();
    const original = await databaseImage(undisturbed, application);
    await runThroughKills(undisturbed, "up", 0);
    const db = await legacyDatabase();
    await runThroughKills(db, "up", 4);
    expect(await databaseImage(db, moved)).toEqual(await databaseImage(undisturbed, moved));
    const ctx = migrationContext(db, { model: legacyModel, graceMs: 0 });
    expect(await findingsOf(ctx)).toEqual([]);
    await runThroughKills(db, "rollback", 2);
    await rollBack(ctx, { to: "none" });
    expect(await databaseImage(db, application)).toEqual(original);
  }, 120_000);
});
