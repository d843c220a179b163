import { databaseName, testMongo } from "@onechat/mongo/testing";
import { type Db, MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  migrateUp,
  type MigrationContext,
  migrationContext,
  purge,
  rollBack,
} from "../../src/migrate/index.ts";
import { databaseImage, outcomeImage } from "./database-image.ts";
import { dyingAfter } from "./dying-database.ts";
import { applicationCollections, everyKindModel, fillWithEveryKind } from "./every-kind-of-loser.ts";

// Once in the middle; killed-anywhere.thorough.test.ts tries the other writes.
describe("a migration whose process has died halfway", () => {
  const client = new MongoClient(testMongo().uri);
  const databases: Db[] = [];
  let original: unknown;
  let undisturbed: unknown;
  let writes: { readonly up: number; readonly down: number };

  async function legacyDatabase(): Promise<Db> {
    const db = client.db(databaseName("resumed"));
    databases.push(db);
    await fillWithEveryKind(db);
    return db;
  }

  const contextOf = (db: Db): MigrationContext =>
    migrationContext(db, {
      model: everyKindModel,
      graceMs: 0,
      batch: { start: 50, min: 1, max: 50 },
      now: () => new Date(Date.UTC(2026, 0, 1)),
    });
  const up = (db: Db): Promise<unknown> => migrateUp(contextOf(db), {});
  const down = (db: Db): Promise<unknown> => rollBack(contextOf(db), { to: "none" });
  const application = (db: Db): Promise<unknown> => databaseImage(db, applicationCollections);
  const image = async (db: Db): Promise<unknown> => [await application(db), await outcomeImage(db)];

  beforeAll(async () => {
    const db = await legacyDatabase();
    original = await application(db);
    const never = Number.POSITIVE_INFINITY;
    const { writes: upWrites } = await dyingAfter(db, never, up);
    undisturbed = await image(db);
    writes = { up: upWrites, down: (await dyingAfter(db, never, down)).writes };
    expect(await application(db)).toEqual(original);
  });
  afterAll(async () => {
    await Promise.all(databases.map((db) => db.dropDatabase()));
    await client.close();
  });

  it("goes on to the very same end", async () => {
    const db = await legacyDatabase();
    await dyingAfter(db, Math.floor(writes.up / 2), up);
    await up(db);
    expect(await image(db)).toEqual(undisturbed);
  });

  it("can be rolled back instead, to the last byte", async () => {
    const db = await legacyDatabase();
    await dyingAfter(db, Math.floor(writes.up / 2), up);
    await down(db);
    expect(await application(db)).toEqual(original);
  });

  it("is rolled back to the last byte although the rollback died as well, and although it was purged", async () => {
    const db = await legacyDatabase();
    await up(db);
    await purge(contextOf(db), { confirmDrained: true });
    await dyingAfter(db, Math.floor(writes.down / 2), down);
    await down(db);
    expect(await application(db)).toEqual(original);
  });
});
