import { isDeepStrictEqual } from "node:util";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { sampleOf } from "@onechat/testing";
import { type Db, type Document, MongoClient } from "mongodb";
import { afterAll, describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import {
  migrateUp,
  type MigrationContext,
  migrationContext,
  purge,
  rollBack,
} from "../../src/migrate/index.ts";
import { databaseImage, outcomeImage } from "./database-image.ts";
import { dyingAfter } from "./dying-database.ts";

const hour = 3_600_000;
/** Every sixth write is tried, other ones in every run; `SAMPLE=1/1` tries each. */
const { stride, offset, name: tried } = sampleOf(6, process.env);

const model: ChatModelInput = {
  chats: { participants: "users", scope: null },
  references: [
    {
      collection: "members",
      field: "chat",
      onConflict: "fold",
      fold: { unread: "sum", drafts: { union: { by: "_id" } } },
    },
  ],
  fold: {
    count: "sum",
    unread: { eachKey: "sum" },
    messages: { union: { by: "_id", orderBy: "_id" } },
    tags: "union",
    at: "max",
  },
};
const collections = ["chats", "members"];

function contextOf(db: Db): MigrationContext {
  const batch = { start: 1, min: 1, max: 1 };
  return migrationContext(db, { model, graceMs: 0, batch, now: () => new Date(Date.UTC(2026, 0, 1)) });
}

const chat = (number: number): Document => ({
  _id: number,
  users: ["a", "b"],
  count: number,
  unread: { a: number, [`u${number}`]: 1 },
  messages: [{ _id: number * 10 }, { _id: number * 10 + 1 }],
  tags: ["t", `t${number}`],
  at: number,
});
const member = (number: number, user: string): Document => ({
  _id: `${number}${user}`,
  chat: number,
  user,
  unread: number,
  drafts: [{ _id: number }],
});

async function fill(db: Db): Promise<void> {
  const numbers = [1, 2, 3];
  await db.collection("chats").insertMany(numbers.map(chat));
  await db
    .collection("members")
    .insertMany(numbers.flatMap((number) => ["a", "b"].map((user) => member(number, user))));
  await db.collection("members").createIndex({ chat: 1, user: 1 }, { unique: true });
}

/** What the old version writes once the duplicates are merged: counts, edits, deletes, adds, and makes a row anew. */
async function writeToDuplicates(db: Db): Promise<void> {
  const chats = db.collection<Document & { _id: number }>("chats");
  await chats.updateOne(
    { _id: 2 },
    { $inc: { count: 5, "unread.a": 2 }, $set: { "messages.0.text": "edited", at: 9 } },
  );
  await chats.updateOne({ _id: 2 }, { $push: { messages: { _id: 25 } } } as object);
  await chats.updateOne({ _id: 3 }, {
    $set: { "unread.a": 0 },
    $pull: { messages: { _id: 31 }, tags: "t3" },
  } as object);
  await db
    .collection<Document & { _id: string }>("members")
    .insertOne({ ...member(2, "a"), _id: "2a anew", unread: 7 });
}

describe(`a sweep that takes along what an old version has written, killed after any single write (${tried})`, () => {
  const client = new MongoClient(testMongo().uri);
  const databases: Db[] = [];

  afterAll(async () => {
    await Promise.all(databases.map((db) => db.dropDatabase()));
    await client.close();
  });

  async function merged(): Promise<Db> {
    const db = client.db(databaseName("folds"));
    databases.push(db);
    await fill(db);
    await migrateUp(contextOf(db), {});
    await writeToDuplicates(db);
    return db;
  }

  async function runUntil(db: Db, dieAfter: number, command: (ctx: MigrationContext) => Promise<unknown>) {
    return (await dyingAfter(db, dieAfter, (dying) => command(contextOf(dying)))).writes;
  }

  const up = (ctx: MigrationContext) => migrateUp(ctx, {});
  const drop = (ctx: MigrationContext) => purge(ctx, { confirmDrained: true });
  const down = (ctx: MigrationContext) => rollBack(ctx, { to: "none" });
  const images = async (db: Db) => ({
    application: await databaseImage(db, collections),
    outcome: await outcomeImage(db),
  });

  /** What is there once the last of these commands has died, and was run again. */
  async function endAfter(
    commands: readonly ((ctx: MigrationContext) => Promise<unknown>)[],
    dieAfter: number,
  ): Promise<unknown> {
    const db = await merged();
    const last = commands.at(-1) ?? up;
    for (const command of commands.slice(0, -1)) await command(contextOf(db));
    await runUntil(db, dieAfter, last);
    await last(contextOf(db));
    const end = last === down ? await databaseImage(db, collections) : await images(db);
    await db.dropDatabase();
    return end;
  }

  it.each<readonly [string, readonly ((ctx: MigrationContext) => Promise<unknown>)[]]>([
    ["a sweep", [up]],
    ["a purge, and the rollback of it", [drop, down]],
    ["a rollback", [down]],
  ])(
    "%s goes on to the very same end",
    async (_name, commands) => {
      const sample = await merged();
      const ends: unknown[] = [];
      const counts: number[] = [];
      for (const command of commands) {
        counts.push(await runUntil(sample, Number.POSITIVE_INFINITY, command));
        ends.push(command === down ? await databaseImage(sample, collections) : await images(sample));
      }
      const kills = counts.flatMap((writes, which) =>
        Array.from({ length: Math.ceil((writes - 1 - offset) / stride) }, (_, at) => ({
          which,
          dieAfter: 1 + offset + at * stride,
        })),
      );
      const differing: string[] = [];
      for (const { which, dieAfter } of kills) {
        const end = await endAfter(commands.slice(0, which + 1), dieAfter);
        if (!isDeepStrictEqual(end, ends[which])) differing.push(`${which} after ${dieAfter}`);
      }
      expect(counts.every((count) => count > 10)).toBe(true);
      expect(differing).toEqual([]);
    },
    hour,
  );

  it("counts to the unit, with every element in its place", async () => {
    const db = await merged();
    await up(contextOf(db));
    const chats = db.collection<Document & { _id: number }>("chats");
    expect(await chats.findOne({ _id: 1 })).toMatchObject({
      count: 11,
      unread: { a: 5, u1: 1, u2: 1, u3: 1 },
      messages: [
        { _id: 10 },
        { _id: 11 },
        { _id: 20, text: "edited" },
        { _id: 21 },
        { _id: 25 },
        { _id: 30 },
      ],
      tags: ["t", "t1", "t2"],
      at: 9,
    });
    const rows = await db
      .collection("members")
      .find({}, { sort: { _id: 1 } })
      .toArray();
    expect(rows.map(({ _id, unread }) => [_id as unknown, unread as unknown])).toEqual([
      ["1a", 13],
      ["1b", 6],
    ]);
  });
});
