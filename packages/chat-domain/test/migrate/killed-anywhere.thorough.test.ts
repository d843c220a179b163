import { isDeepStrictEqual } from "node:util";
import { crashableMongo, crashableMongoMissing, databaseName, testMongo } from "@onechat/mongo/testing";
import { sampleOf } from "@onechat/testing";
import { type Db, MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditChats, type Finding } from "../../src/audit/index.ts";
import {
  migrateUp,
  type MigrationContext,
  migrationContext,
  purge,
  rollBack,
} from "../../src/migrate/index.ts";
import { copyDatabase } from "./database-copy.ts";
import { databaseImage, outcomeImage } from "./database-image.ts";
import { dyingAfter } from "./dying-database.ts";
import { applicationCollections, everyKindModel, fillWithEveryKind } from "./every-kind-of-loser.ts";

/** Trials at once, each on a database of its own: most of their time is waiting for durability. */
const lanes = 8;
const never = Number.POSITIVE_INFINITY;
const hour = 3_600_000;

/** Every fourth write is tried, other ones in every run; `SAMPLE=1/1` tries each. */
const { stride, offset, name: tried } = sampleOf(4, process.env);

function contextOf(db: Db, batch = { start: 50, min: 1, max: 50 }): MigrationContext {
  return migrationContext(db, {
    model: everyKindModel,
    graceMs: 0,
    batch,
    now: () => new Date(Date.UTC(2026, 0, 1)),
  });
}

/** Runs a command in a process that dies after so many writes; returns how many it came to. */
async function runUntil(
  db: Db,
  dieAfter: number,
  command: (ctx: MigrationContext) => Promise<unknown>,
): Promise<number> {
  return (await dyingAfter(db, dieAfter, (dying) => command(contextOf(dying)))).writes;
}

/** The writes before `end` that are tried. */
function writesBelow(end: number): readonly number[] {
  return Array.from({ length: end - 1 }, (_, index) => index + 1).filter(
    (write) => write % stride === offset,
  );
}

async function findings(ctx: MigrationContext): Promise<readonly Finding[]> {
  const all: Finding[] = [];
  for await (const finding of auditChats(ctx)) all.push(finding);
  return all;
}

async function image(db: Db): Promise<unknown> {
  return { application: await databaseImage(db, applicationCollections), outcome: await outcomeImage(db) };
}

describe(`a migration that is killed after any single write (${tried})`, () => {
  const client = new MongoClient(testMongo().uri);
  const databases: Db[] = [];

  async function legacyDatabase(): Promise<Db> {
    const db = client.db(databaseName("killed"));
    databases.push(db);
    await fillWithEveryKind(db);
    return db;
  }

  afterAll(async () => {
    await Promise.all(databases.map((db) => db.dropDatabase()));
    await client.close();
  });

  interface Trials {
    /** What every database of a trial is before it. */
    readonly fill: (db: Db) => Promise<void>;
    /** Whether what it finds in the end is as it should be. */
    readonly trial: (db: Db, dieAfter: number) => Promise<boolean>;
  }

  /** The numbers of writes after which what a trial finds is not as it should be. */
  async function differingAfter(
    numbers: readonly number[],
    { fill, trial }: Trials,
  ): Promise<readonly number[]> {
    // An engine of its own: hundreds of databases made and dropped are more than one takes beside everything else.
    const engine =
      (await crashableMongoMissing(process.env)) === null ? await crashableMongo(process.env) : null;
    await using _engine = engine ?? { [Symbol.asyncDispose]: async () => undefined };
    await using trials = new MongoClient(engine?.uri ?? testMongo().uri);
    expect(numbers.length).toBeGreaterThan(0);
    const start = trials.db(databaseName("start"));
    await fill(start);
    const differing: number[] = [];
    const queue = [...numbers];
    const lane = async (): Promise<void> => {
      for (let dieAfter = queue.shift(); dieAfter !== undefined; dieAfter = queue.shift()) {
        const db = trials.db(databaseName("killed"));
        await copyDatabase(start, db);
        if (!(await trial(db, dieAfter))) differing.push(dieAfter);
        await db.dropDatabase();
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return differing;
  }

  const up = (ctx: MigrationContext): Promise<unknown> => migrateUp(ctx, {});
  const down = (ctx: MigrationContext): Promise<unknown> => rollBack(ctx, { to: "none" });
  let undisturbed: unknown;
  let writes: { readonly up: number; readonly down: number };
  let original: unknown;

  beforeAll(async () => {
    const db = await legacyDatabase();
    original = await databaseImage(db, applicationCollections);
    const upWrites = await runUntil(db, never, up);
    undisturbed = await image(db);
    writes = { up: upWrites, down: await runUntil(db, never, down) };
  });

  it("is measured against an undisturbed run, whose rollback restores every byte", async () => {
    const db = await legacyDatabase();
    await up(contextOf(db));
    expect((await findings(contextOf(db))).map(({ code }) => code)).toEqual(["PARKED", "PARKED", "PARKED"]);
    await down(contextOf(db));
    expect(await databaseImage(db, applicationCollections)).toEqual(original);
    expect(Math.min(writes.up, writes.down)).toBeGreaterThan(100);
  });

  it(
    "goes on to the very same end: up",
    async () => {
      const differing = await differingAfter(writesBelow(writes.up), {
        fill: fillWithEveryKind,
        trial: async (db, dieAfter) => {
          await runUntil(db, dieAfter, up);
          await up(contextOf(db));
          return isDeepStrictEqual(await image(db), undisturbed);
        },
      });
      expect(differing).toEqual([]);
    },
    hour,
  );

  it(
    "goes on to the very same end: rollback",
    async () => {
      const differing = await differingAfter(writesBelow(writes.down), {
        fill: async (db) => {
          await fillWithEveryKind(db);
          await up(contextOf(db));
        },
        trial: async (db, dieAfter) => {
          await runUntil(db, dieAfter, down);
          await down(contextOf(db));
          return isDeepStrictEqual(await databaseImage(db, applicationCollections), original);
        },
      });
      expect(differing).toEqual([]);
    },
    hour,
  );

  it(
    "can be rolled back to the last byte from wherever it was killed",
    async () => {
      const differing = await differingAfter(writesBelow(writes.up), {
        fill: fillWithEveryKind,
        trial: async (db, dieAfter) => {
          await runUntil(db, dieAfter, up);
          await down(contextOf(db));
          return isDeepStrictEqual(await databaseImage(db, applicationCollections), original);
        },
      });
      expect(differing).toEqual([]);
    },
    hour,
  );

  it("purges, and rolls back what was purged, to the last byte", async () => {
    const db = await legacyDatabase();
    const tombstones = () => db.collection("chats").countDocuments({ mergedInto: { $exists: true } });
    await up(contextOf(db));
    expect(await tombstones()).toBeGreaterThan(0);
    await purge(contextOf(db), { confirmDrained: true });
    expect(await tombstones()).toBe(0);
    await down(contextOf(db));
    expect(await databaseImage(db, applicationCollections)).toEqual(original);
  });
});
