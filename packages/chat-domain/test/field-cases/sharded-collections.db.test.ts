import type { Db, Document } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrationContext, planMigration } from "../../src/migrate/index.ts";
import { type FieldDatabase, fieldDatabase } from "./field-database.ts";
import { model, tripled } from "./tripled-chats.ts";

/** The database as a router shows it: it says that it is one, and what it knows of collections is in a database of its own. */
function behindRouter(real: Db, config: Db): Db {
  const client = { db: () => config };
  return new Proxy(real, {
    get(target, property) {
      if (property === "client") return client;
      if (property === "command")
        return async (command: Document, options?: Document): Promise<Document> => {
          const answer = await real.command(command, options);
          return "hello" in command ? { ...answer, msg: "isdbgrid" } : answer;
        };
      const member: unknown = Reflect.get(target, property, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}

describe("a collection that is sharded", () => {
  let field: FieldDatabase;
  beforeAll(async () => {
    field = await fieldDatabase({ model, data: tripled() });
  });
  afterAll(() => field[Symbol.asyncDispose]());

  async function problemsWith(collection: string, known: Document): Promise<readonly string[]> {
    const config = field.db.client.db(`${field.db.databaseName}_config`);
    await config.dropDatabase();
    await config
      .collection<{ _id: string }>("collections")
      .insertOne({ _id: `${field.db.databaseName}.${collection}`, ...known });
    const ctx = migrationContext(behindRouter(field.db, config), { model });
    const { problems } = await planMigration(ctx);
    await config.dropDatabase();
    return problems;
  }

  it.each([
    ["hashed, as the server's guide advises", { participantsKey: "hashed" }],
    ["by more than the key", { participantsKey: 1, _id: 1 }],
    ["by its tenant first", { tenant: 1, participantsKey: 1 }],
    ["by _id", { _id: "hashed" }],
  ])("as chats are, %s: no index could be unique", async (_how, key) => {
    expect(await problemsWith("chats", { key })).toEqual([
      expect.stringMatching(/chats is sharded[^]*participantsKey/),
    ]);
  });

  it.each([
    ["hashed by the chat", { chat: "hashed" }],
    ["by the chat among others", { sentBy: 1, chat: 1 }],
  ])("as messages are, %s: none could follow", async (_how, key) => {
    expect(await problemsWith("messages", { key })).toEqual([
      expect.stringContaining("messages is sharded by chat"),
    ]);
  });

  it.each([
    ["by the key alone", "chats", { key: { participantsKey: 1 } }],
    ["no longer, as it was dropped and made anew", "chats", { key: { _id: 1 }, dropped: true }],
    ["only in name, as it was moved as a whole", "chats", { key: { _id: 1 }, unsplittable: true }],
    ["by what does not change", "messages", { key: { _id: "hashed" } }],
  ])("%s is no problem", async (_how, collection, known) => {
    expect(await problemsWith(collection, known)).toEqual([]);
  });
});
