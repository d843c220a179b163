import { setTimeout as sleep } from "node:timers/promises";
import type { MongoServer } from "@onechat/mongo";
import { crashableMongo, crashableMongoMissing, databaseName } from "@onechat/mongo/testing";
import { needs } from "@onechat/testing";
import { type Db, MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  migrateUp,
  type MigrationContext,
  migrationContext,
  type MigrationEvent,
  type MigrationOptions,
  type PhaseName,
  purge,
  rollBack,
} from "../../src/migrate/index.ts";
import { databaseImage, outcomeImage } from "./database-image.ts";
import { findingsOf } from "./findings-of.ts";
import { fillWithLegacyChats, legacyModel } from "./legacy-chats.ts";

const application = ["chats", "messages", "members"];
const missing = await crashableMongoMissing(process.env);

/** When the engine is killed: at the first event of this kind in the phase. */
interface Kill {
  readonly phase: PhaseName;
  readonly event: "phase.start" | "progress";
  /** How long the engine is away, in milliseconds, besides its start. */
  readonly awayMs?: number;
}

describe("a migration whose database engine is killed with -9 and started again", needs(missing), () => {
  let mongo: MongoServer;
  let client: MongoClient;
  let retries = 0;

  beforeAll(async () => {
    mongo = await crashableMongo(process.env);
    client = new MongoClient(mongo.uri);
  });
  afterAll(async () => {
    process.stdout.write(`${retries} batches were tried again\n`);
    await client.close();
    await mongo[Symbol.asyncDispose]();
  });

  function contextOf(db: Db, options: MigrationOptions = {}): MigrationContext {
    return migrationContext(db, {
      model: legacyModel,
      graceMs: 50,
      patienceMs: 300_000,
      batch: { start: 10, min: 5, max: 20 },
      now: () => new Date(Date.UTC(2026, 0, 1)),
      ...options,
    });
  }

  async function legacyDatabase(): Promise<Db> {
    const db = client.db(databaseName("crash"));
    await fillWithLegacyChats(db, 36, 7);
    return db;
  }

  /** The last that is done with a database: marks lose their places in the order of folds, which batches decide. */
  async function image(db: Db): Promise<unknown> {
    for (const name of ["chats", "members"])
      await db
        .collection(name)
        .updateMany({ foldedFrom: { $exists: true } }, { $unset: { "foldedFrom.$[].at": "" } });
    return { application: await databaseImage(db, application), outcome: await outcomeImage(db) };
  }

  interface Killer {
    readonly onEvent: (event: MigrationEvent) => void;
    /** Whether the phase was at work when the engine went and still was when it came back. */
    readonly hit: () => Promise<boolean>;
  }

  function killer({ phase, event, awayMs = 0 }: Kill): Killer {
    let outage: Promise<boolean> | null = null;
    let over = false;
    const crash = async (): Promise<boolean> => {
      await mongo.kill();
      await sleep(awayMs);
      const hit = !over;
      await mongo.restart();
      return hit;
    };
    return {
      onEvent: (happened) => {
        if (outage === null && happened.event === event && "phase" in happened && happened.phase === phase)
          outage = crash();
        if (happened.event === "phase.end" && happened.phase === phase) over = true;
        if (happened.event === "batch.retry") retries += 1;
      },
      hit: async () => (await outage) === true,
    };
  }

  async function runThrough(
    kill: Kill,
    run: (ctx: MigrationContext) => Promise<unknown>,
    options: MigrationOptions = {},
  ): Promise<Db> {
    const db = await legacyDatabase();
    const { onEvent, hit } = killer(kill);
    try {
      await run(contextOf(db, { ...options, onEvent }));
    } finally {
      expect(await hit()).toBe(true);
    }
    return db;
  }

  const up = (ctx: MigrationContext): Promise<unknown> => migrateUp(ctx);
  const purged = (ctx: MigrationContext): Promise<unknown> => purge(ctx, { confirmDrained: true });
  const back = async (ctx: MigrationContext): Promise<unknown> => {
    await migrateUp(ctx);
    return rollBack(ctx, { to: "none" });
  };

  let undisturbed: { readonly up: unknown; readonly purge: unknown; readonly original: unknown };

  beforeAll(async () => {
    const db = await legacyDatabase();
    const original = await databaseImage(db, application);
    await up(contextOf(db));
    const purgedDb = await legacyDatabase();
    await purged(contextOf(purgedDb));
    undisturbed = { up: await image(db), purge: await image(purgedDb), original };
  });

  it.each<Kill>([
    { phase: "index", event: "phase.start" },
    { phase: "backfill", event: "progress" },
    { phase: "merge", event: "progress" },
    { phase: "settle", event: "phase.start" },
  ])("goes on by itself to the same end, killed in $phase", async (kill) => {
    const db = await runThrough(kill, up);
    expect(await findingsOf(contextOf(db))).toEqual([]);
    expect(await image(db)).toEqual(undisturbed.up);
  });

  it("goes on by itself to the same end, killed in purge", async () => {
    const db = await runThrough({ phase: "purge", event: "progress" }, purged);
    expect(await image(db)).toEqual(undisturbed.purge);
  });

  it("goes on by itself to the very beginning, killed in rollback", async () => {
    const db = await runThrough({ phase: "rollback", event: "progress" }, back);
    expect(await databaseImage(db, application)).toEqual(undisturbed.original);
  });

  it("goes on by itself after the engine was away for longer than its lease lasts", async () => {
    const kill: Kill = { phase: "settle", event: "phase.start", awayMs: 2_500 };
    const db = await runThrough(kill, up, { leaseMs: 2_000 });
    expect(await image(db)).toEqual(undisturbed.up);
  });
});
