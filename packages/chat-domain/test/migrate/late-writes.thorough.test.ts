import { databaseName, testMongo } from "@onechat/mongo/testing";
import { type Db, type Document, MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  migrateUp,
  type MigrationContext,
  migrationContext,
  MigrationError,
  rollBack,
} from "../../src/migrate/index.ts";
import { wholeImage } from "./database-image.ts";
import { everyKindModel, fillWithEveryKind } from "./every-kind-of-loser.ts";
import { freezingDatabase } from "./freezing-database.ts";
import { interruptedDatabase } from "./interrupted-database.ts";

type Work = (ctx: MigrationContext) => Promise<unknown>;

const leaseMs = 400;
/** Trials at once, each on a database of its own: most of their time is waiting for a lease to run out. */
const lanes = 6;
/** What the server can judge: all that touches a document. */
const judged = new Set(["update", "delete", "aggregate"]);

/** What is written, and where: `update chats`. */
function kindOf(command: Document): string | null {
  const [name = "", collection] = Object.entries(command)[0] ?? [];
  return judged.has(name) ? `${name} ${String(collection)}` : null;
}

describe("a write that is sent when its lease was held, and arrives when it is another's", () => {
  const client = new MongoClient(testMongo().uri);
  const databases: Db[] = [];
  const up: Work = (ctx) => migrateUp(ctx, { onLocked: "wait" });
  const down: Work = (ctx) => rollBack(ctx, { to: "none", onLocked: "wait" });
  /** Every kind of write of a run, with how often it comes. */
  let kinds: { readonly up: ReadonlyMap<string, number>; readonly down: ReadonlyMap<string, number> };

  function contextOf(db: Db): MigrationContext {
    return migrationContext(db, { model: everyKindModel, leaseMs, graceMs: 0 });
  }

  async function legacyDatabase(): Promise<Db> {
    const db = client.db(databaseName("late"));
    databases.push(db);
    await fillWithEveryKind(db);
    // An upsert makes the collection that it is for before the server looks at its expressions.
    for (const name of ["chat_key_batches", "chat_redirects"]) await db.createCollection(name);
    return db;
  }

  async function kindsOf(db: Db, work: Work): Promise<ReadonlyMap<string, number>> {
    const seen = new Map<string, number>();
    const watched = interruptedDatabase(db, async (command) => {
      const kind = kindOf(command);
      if (kind !== null) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    });
    await work(contextOf(watched));
    return seen;
  }

  beforeAll(async () => {
    const db = await legacyDatabase();
    kinds = { up: await kindsOf(db, up), down: await kindsOf(db, down) };
  });
  afterAll(async () => {
    await Promise.all(databases.map((db) => db.dropDatabase()));
    await client.close();
  });

  /** Freezes `first` before its so-many-th write of a kind, lets `second` do its work, and thaws the first one. */
  async function changedByLateWrite(
    db: Db,
    { kind, nth, first, second }: { kind: string; nth: number; first: Work; second: Work },
  ): Promise<readonly string[]> {
    let seen = 0;
    const freezing = freezingDatabase(db, (command) => kindOf(command) === kind && (seen += 1) === nth);
    const ended = first(contextOf(freezing.db)).catch((error: unknown) => error);
    await freezing.frozen;
    await second(contextOf(db));
    const before = await wholeImage(db);
    freezing.thaw();
    const end = await ended;
    const after = await wholeImage(db);
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    return end instanceof MigrationError && end.code === "LEASE_LOST"
      ? changed
      : [...changed, "and it went on"];
  }

  /** The kinds of writes that changed something, and what. */
  async function lateWritesOf(
    all: ReadonlyMap<string, number>,
    trial: (kind: string, nth: number) => Promise<readonly string[]>,
  ): Promise<readonly string[]> {
    expect(all.size).toBeGreaterThan(10);
    const queue = [...all].map(([kind, count]) => [kind, Math.ceil(count / 2)] as const);
    const found: string[] = [];
    const lane = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const changed = await trial(...next);
        if (changed.length > 0) found.push(`${next.join(" #")}: ${changed.join(", ")}`);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return found;
  }

  it("changes nothing, whichever write it is: up, taken over and undone", async () => {
    const late = await lateWritesOf(kinds.up, async (kind, nth) => {
      const db = await legacyDatabase();
      return changedByLateWrite(db, { kind, nth, first: up, second: down });
    });
    expect(late).toEqual([]);
  });

  it("changes nothing, whichever write it is: rollback, taken over and finished", async () => {
    const late = await lateWritesOf(kinds.down, async (kind, nth) => {
      const db = await legacyDatabase();
      await up(contextOf(db));
      return changedByLateWrite(db, { kind, nth, first: down, second: down });
    });
    expect(late).toEqual([]);
  });
});
