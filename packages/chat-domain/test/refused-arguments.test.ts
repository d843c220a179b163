import { MongoClient } from "mongodb";
import { describe, expect, it } from "vitest";
import { auditChats } from "../src/audit/index.ts";
import {
  type AnyDb,
  chatContext,
  type ChatContextOptions,
  createOrGetChat,
  findChat,
  listChats,
  resolveChatId,
} from "../src/index.ts";
import { migrateUp, migrationContext, planMigration, purge, rollBack } from "../src/migrate/index.ts";

const db = new MongoClient("mongodb://127.0.0.1:9").db("app");

/** As untyped callers may write it. */
const other: object = { scoppe: "x" };

/** A Db as a driver of another version makes it, as far as it is looked at. */
function dbOf(version: string): AnyDb {
  const client = { options: { metadata: { driver: { name: "nodejs", version } } } };
  const nothing = { databaseName: "app", collection: () => nothing, client };
  return nothing as unknown as AnyDb;
}

describe("a context is refused in a sentence that says what to do", () => {
  it.each([
    [
      "null",
      null,
      /no Db .* but null: pass client\.db\("name"\), or mongoose\.connection\.db once it is connected/,
    ],
    ["nothing, as of Mongoose before it is connected", undefined, /but undefined/],
    ["a client", db.client, /an object of class MongoClient: pass client\.db/],
    ["a name", "mongodb://localhost", /but a string/],
  ] as const)("over %s", (_, value, message) => {
    const given = value as unknown as AnyDb;
    expect(() => chatContext(given)).toThrow(message);
    expect(() => migrationContext(given)).toThrow(message);
  });

  it.each(["4.17.2", "5.9.2", "6.7.0", "8.0.0"])("over a Db of the driver %s", (version) => {
    const [major, minor] = version.split(".");
    const message = `driver ${major}.${minor}, and onechat needs 6.8 or newer of 6, or 7: update mongodb`;
    expect(() => chatContext(dbOf(version))).toThrow(message);
  });

  it("over a Db of Mongoose 5, which does not even know its client", () => {
    const old = { databaseName: "app", collection: () => old } as unknown as AnyDb;
    expect(() => chatContext(old)).toThrow("driver older than 6, and onechat needs 6.8");
  });

  it("over a Db of another major whose driver was put into a bundle", () => {
    expect(() => chatContext(dbOf("6.20.0"))).toThrow(
      /cannot be found: install one version of mongodb for both/,
    );
  });

  it("with a misspelt option, or one that is none", () => {
    expect(() => chatContext(db, { legasy: "claim" } as ChatContextOptions)).toThrow(
      /chatContext has no option "legasy": it has model, legacy, /,
    );
    expect(() => chatContext(db, { legacy: "clam" } as unknown as ChatContextOptions)).toThrow(
      'legacy is "claim" or "none"',
    );
  });

  it("whichever verb it is given to, before the database is asked", async () => {
    const [chats, migration] = [chatContext(db), migrationContext(db)];
    const misspelt: readonly (readonly [string, () => unknown])[] = [
      ["findChat", () => findChat(chats, { participants: ["a"], ...other })],
      ["listChats", () => listChats(chats, { participant: "a", ...other })],
      ["resolveChatId", () => resolveChatId(chats, "1", { ...other })],
      ["migrationContext", () => migrationContext(db, { ...other })],
      ["planMigration", () => planMigration(migration, { ...other })],
      ["migrateUp", () => migrateUp(migration, { ...other })],
      ["migrateUp", () => purge(migration, { ...other })],
      ["rollBack", () => rollBack(migration, { to: "none", ...other })],
      ["auditChats", () => auditChats(migration, { ...other }).next()],
    ];
    for (const [verb, call] of misspelt)
      await expect((async () => call())()).rejects.toThrow(`${verb} has no option "scoppe"`);
  });

  it("or a phase that there is not, which nothing is undone for", async () => {
    const to = "settel" as "merge";
    await expect(migrateUp(migrationContext(db), { to })).rejects.toThrow("to is one of index, backfill");
    await expect(rollBack(migrationContext(db), { to })).rejects.toThrow("to is one of merge, backfill");
  });

  it("and so is a call with a session", async () => {
    const input = { participants: ["a", "b"], session: {} };
    await expect(createOrGetChat(chatContext(db), input)).rejects.toThrow(
      /no option "session": it is safe to repeat .* call it before the transaction/,
    );
  });
});
