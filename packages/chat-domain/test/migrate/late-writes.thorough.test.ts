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
import { copyDatabase } from "./database-copy.ts";
import { wholeImage } from "./database-image.ts";
import { everyKindModel, fillWithEveryKind } from "./every-kind-of-loser.ts";
import { freezingDatabase } from "./freezing-database.ts";
import { interruptedDatabase } from "./interrupted-database.ts";

type Work = (ctx: MigrationContext) => Promise<unknown>;

/** Waited for twice: to take over, and before a rollback begins that has taken over. */
const leaseMs = 3_000;
/** What the server can judge: all that touches a document. */
const judged = new Set(["update", "delete", "aggregate"]);

/** What is written, and where: `update chats`. */
function kindOf(command: Document): string | null {
  const [name = "", collection] = Object.entries(command)[0] ?? [];
  return judged.has(name) ? `${name} ${String(collection)}` : null;
}

/** The so-many-th write of a kind. */
interface LateWrite {
  readonly kind: string;
  readonly nth: number;
}

/** A run that stands still before it sends its late write. */
interface FrozenRun {
  readonly db: Db;
  readonly thaw: () => void;
  readonly ended: Promise<unknown>;
}

interface Takeover {
  readonly fill: (db: Db) => Promise<void>;
  /** What the runner does that is frozen, and the one that takes over. */
  readonly first: Work;
  readonly second: Work;
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

  function newDatabase(): Db {
    const db = client.db(databaseName("late"));
    databases.push(db);
    return db;
  }

  async function fillWithLegacy(db: Db): Promise<void> {
    await fillWithEveryKind(db);
    // An upsert makes the collection that it is for before the server looks at its expressions.
    for (const name of ["chat_key_batches", "chat_redirects"]) await db.createCollection(name);
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
    const db = newDatabase();
    await fillWithLegacy(db);
    kinds = { up: await kindsOf(db, up), down: await kindsOf(db, down) };
  });
  afterAll(async () => {
    await Promise.all(databases.map((db) => db.dropDatabase()));
    await client.close();
  });

  async function frozenBefore({ kind, nth }: LateWrite, { fill, first }: Takeover): Promise<FrozenRun> {
    const db = newDatabase();
    await fill(db);
    let seen = 0;
    const freezing = freezingDatabase(db, (command) => kindOf(command) === kind && (seen += 1) === nth);
    const ended = first(contextOf(freezing.db)).catch((error: unknown) => error);
    const early = ended.then((end) => Promise.reject(new Error(`it has ended before: ${String(end)}`)));
    await Promise.race([freezing.frozen, early]);
    return { db, thaw: () => freezing.thaw(), ended };
  }

  /** What a run changes that is taken over and then goes on. */
  async function changedLateBy({ db, thaw, ended }: FrozenRun, second: Work): Promise<readonly string[]> {
    await second(contextOf(db));
    const before = await wholeImage(db);
    thaw();
    const end = await ended;
    const after = await wholeImage(db);
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    return end instanceof MigrationError && end.code === "LEASE_LOST"
      ? changed
      : [...changed, "and it went on"];
  }

  /** The kinds of writes that changed something, and what. All are tried at once, each on a database of its own. */
  async function lateWritesOf(
    all: ReadonlyMap<string, number>,
    takeover: Takeover,
  ): Promise<readonly string[]> {
    expect(all.size).toBeGreaterThan(10);
    const writes = [...all].map(([kind, count]) => ({ kind, nth: Math.ceil(count / 2) }));
    const found = await Promise.all(
      writes.map(async (write) => {
        const changed = await changedLateBy(await frozenBefore(write, takeover), takeover.second);
        return changed.length > 0 ? [`${write.kind} #${write.nth}: ${changed.join(", ")}`] : [];
      }),
    );
    return found.flat();
  }

  it("changes nothing, whichever write it is: up, taken over and undone", async () => {
    const late = await lateWritesOf(kinds.up, { fill: fillWithLegacy, first: up, second: down });
    expect(late).toEqual([]);
  });

  it("changes nothing, whichever write it is: rollback, taken over and finished", async () => {
    const migrated = newDatabase();
    await fillWithLegacy(migrated);
    await up(contextOf(migrated));
    const late = await lateWritesOf(kinds.down, {
      fill: (db) => copyDatabase(migrated, db),
      first: down,
      second: down,
    });
    expect(late).toEqual([]);
  });
});
