import { canBeProxied, fakeReplicaSet, wireProxy, type WireProxy } from "@onechat/mongo/proxy";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { needs, sampleOf } from "@onechat/testing";
import { type Db, MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrateUp, type MigrationContext, migrationContext, rollBack } from "../../src/migrate/index.ts";
import { passingCodes } from "../passing-codes.ts";
import { databaseImage, outcomeImage, wholeImage } from "./database-image.ts";
import { applicationCollections, everyKindModel, fillWithEveryKind } from "./every-kind-of-loser.ts";

const { uri: upstream } = testMongo();
const notProxied = canBeProxied(upstream) ? null : "no proxy can stand before the database";

/** Every sixtieth row is tried, other ones in every run; `SAMPLE=1/1` tries each. */
const { has, name: tried } = sampleOf(60, process.env);

const codes = [...new Set(Object.values(passingCodes).flat())];
const writes: ReadonlySet<string> = new Set(["update", "delete", "findAndModify", "createIndexes"]);

/** A kind of command: what is sent, and to which collection. */
interface Kind {
  readonly command: string;
  readonly collection: string;
}

type Moment = "before" | "after" | "in a statement" | "of the write concern" | "reset";

interface Row {
  readonly verb: "up" | "rollback";
  readonly kind: Kind;
  readonly moment: Moment;
  readonly code: number;
}

function momentsOf({ command }: Kind): readonly Moment[] {
  return [
    "before",
    "after",
    "reset",
    ...(command === "update" || command === "delete" ? (["in a statement"] as const) : []),
    ...(writes.has(command) ? (["of the write concern"] as const) : []),
  ];
}

function textOf({ verb, kind, moment, code }: Row): string {
  return `${verb}, ${kind.command} ${kind.collection}, ${code} ${moment}`;
}

function ruleOf({ kind, moment, code }: Row): Parameters<WireProxy["rule"]>[0] {
  const where = { commands: [kind.command], collections: [kind.collection], times: 3 };
  switch (moment) {
    case "before":
    case "after":
      return { ...where, when: moment, fault: { error: { code } } };
    case "reset":
      return { ...where, when: "after", fault: "reset" };
    case "of the write concern":
      return { ...where, fault: { writeConcernError: { code } } };
    case "in a statement":
      return {
        ...where,
        fault: { writeErrors: Array.from({ length: 100 }, (_, index) => ({ index, code })) },
      };
    default:
      return moment satisfies never;
  }
}

describe.each(["standalone", "replica set"] as const)(
  `every passing error at every command of the migrator: ${tried}, %s`,
  needs(notProxied),
  (topology) => {
    const calm = new MongoClient(upstream);
    const databases: Db[] = [];
    let proxy: WireProxy;
    let client: MongoClient;
    let rows: readonly Row[];
    let migrated: unknown;
    let original: unknown;

    function contextOf(db: Db): MigrationContext {
      return migrationContext(db, {
        model: everyKindModel,
        graceMs: 0,
        batch: { start: 50, min: 1, max: 50 },
        now: () => new Date(Date.UTC(2026, 0, 1)),
      });
    }

    const verbs = {
      up: (ctx: MigrationContext) => migrateUp(ctx, {}),
      rollback: (ctx: MigrationContext) => rollBack(ctx, { to: "none" }),
    } as const;

    const application = (db: Db): Promise<unknown> => databaseImage(db, applicationCollections);
    const image = async (db: Db): Promise<unknown> => [await application(db), await outcomeImage(db)];

    async function legacyDatabase(): Promise<string> {
      const db = calm.db(databaseName("every-error"));
      databases.push(db);
      await fillWithEveryKind(db);
      return db.databaseName;
    }

    /** The kinds of commands that a verb sends. */
    async function kindsOf(verb: Row["verb"], database: string): Promise<readonly Kind[]> {
      const before = proxy.seen().length;
      await verbs[verb](contextOf(client.db(database)));
      const seen = proxy.seen().slice(before);
      const kinds = seen.flatMap(({ name, collections }) =>
        collections.map((collection): Kind => ({ command: name, collection })),
      );
      return [...new Map(kinds.map((kind) => [JSON.stringify(kind), kind])).values()];
    }

    beforeAll(async () => {
      proxy = await (topology === "standalone" ? wireProxy : fakeReplicaSet)({ upstream, remember: 100_000 });
      client = new MongoClient(proxy.uri);
      const database = await legacyDatabase();
      const db = calm.db(database);
      original = await application(db);
      const up = await kindsOf("up", database);
      migrated = await image(db);
      const rollback = await kindsOf("rollback", database);
      expect(await application(db)).toEqual(original);
      const all = { up, rollback } as const;
      let next = 0;
      rows = (["up", "rollback"] as const).flatMap((verb) =>
        all[verb].flatMap((kind) =>
          momentsOf(kind).map((moment): Row => {
            next += 1;
            return { verb, kind, moment, code: codes[next % codes.length] ?? 0 };
          }),
        ),
      );
    });
    afterAll(async () => {
      await Promise.all(databases.map((db) => db.dropDatabase()));
      await client.close();
      await proxy[Symbol.asyncDispose]();
      await calm.close();
    });

    /** What is wrong, or `null`; and how often the fault has struck. */
    async function verdictOf(row: Row): Promise<{ readonly wrong: string | null; readonly hits: number }> {
      const database = await legacyDatabase();
      const db = calm.db(database);
      if (row.verb === "rollback") await verbs.up(contextOf(db));
      const rule = proxy.rule(ruleOf(row));
      const [settled] = await Promise.allSettled([verbs[row.verb](contextOf(client.db(database)))]);
      rule.lift();
      const hits = rule.hits();
      if (settled?.status === "rejected") return { wrong: String(settled.reason), hits };
      const end = row.verb === "up" ? await image(db) : await application(db);
      const wanted = row.verb === "up" ? migrated : original;
      if (JSON.stringify(end) !== JSON.stringify(wanted)) return { wrong: "another end", hits };
      const lock = await db.collection("migrator_locks").findOne();
      if (lock?.["owner"] !== "") return { wrong: "the lock was not given back", hits };
      ends.set(database, await wholeImage(db));
      return { wrong: null, hits };
    }

    /** What stood there when a row had ended: nothing may come later. */
    const ends = new Map<string, unknown>();

    it("is waited out, parks nobody, and ends byte by byte as if nothing had been", async () => {
      const wrong: string[] = [];
      const counts = { rows: 0, met: 0, hits: 0 };
      for (const [place, row] of rows.entries()) {
        if (!has(place)) continue;
        const verdict = await verdictOf(row);
        counts.rows += 1;
        counts.met += verdict.hits > 0 ? 1 : 0;
        counts.hits += verdict.hits;
        if (verdict.wrong !== null) wrong.push(`${textOf(row)}: ${verdict.wrong}`);
      }
      process.stdout.write(
        `${topology}: ${counts.rows} of ${rows.length} rows, ${counts.met} met by a command, ${counts.hits} faults\n`,
      );
      expect(wrong).toEqual([]);
      expect(counts.met).toBeGreaterThan(0);
      for (const [database, end] of ends) expect(await wholeImage(calm.db(database))).toEqual(end);
    });
  },
);
