import { describe, expect, it, vi } from "vitest";
import type { ChatConnection } from "../src/connect/index.ts";
import { assertIndexes, createOrGetChat, ensureIndexes, ensureIndexesIfEmpty } from "../src/index.ts";
import { freshDatabase } from "./fresh-database.ts";

const key = { participantsKey: 1 } as const;

async function withIndex(database: ChatConnection, options: object | null): Promise<void> {
  await database.chats.dropIndexes();
  if (options !== null) await database.chats.createIndex(key, options);
}

describe("the unique index", () => {
  it("is built by itself on an absent collection, by two processes at once", async () => {
    await using database = await freshDatabase();
    await database.chats.drop();
    await Promise.all([ensureIndexesIfEmpty(database), ensureIndexesIfEmpty(database)]);
    await expect(assertIndexes(database)).resolves.toBeUndefined();
    const indexes = await database.chats.indexes();
    expect(indexes.map(({ name }) => name)).toEqual([
      "_id_",
      "participantsKey_unique",
      "participants_by_id",
      "scope_by_id",
      "keyless_by_people",
    ]);
  });

  it("is not built behind the operator's back on a collection with chats: the error names the command", async () => {
    await using database = await freshDatabase();
    await createOrGetChat(database, { participants: ["a", "b"] });
    await withIndex(database, null);
    await expect(ensureIndexesIfEmpty(database)).rejects.toMatchObject({
      code: "INDEX_MISSING",
      message: expect.stringContaining("migrator up --execute --to index"),
    });
    await ensureIndexes(database);
    await expect(assertIndexes(database)).resolves.toBeUndefined();
  });

  it.each([
    { flaw: "does not exist", options: null },
    { flaw: "is not unique", options: { sparse: true } },
    { flaw: "is not sparse", options: { unique: true } },
    {
      flaw: "is partial",
      options: {
        unique: true,
        sparse: false,
        partialFilterExpression: { participantsKey: { $type: "string" } },
      },
    },
    {
      flaw: "has a collation",
      options: { unique: true, sparse: true, collation: { locale: "en", strength: 2 } },
    },
    { flaw: "is hidden", options: { unique: true, sparse: true, hidden: true } },
  ])("is refused when it $flaw", async ({ flaw, options }) => {
    await using database = await freshDatabase();
    await withIndex(database, options);
    const refusal = assertIndexes(database);
    await expect(refusal).rejects.toMatchObject({ code: "INDEX_MISSING" });
    // A partial index cannot be sparse as well; which of the two is named does not matter.
    await expect(refusal).rejects.toThrow(flaw === "is partial" ? /is partial|is not sparse/ : flaw);
  });

  it.each(["claim", "none"] as const)(
    "is looked at again, although nobody restarts: one that is not unique is noticed (legacy: %s)",
    async (legacy) => {
      await using database = await freshDatabase({ legacy });
      await createOrGetChat(database, { participants: ["a", "b"] });
      const looks = vi.spyOn(performance, "now");
      await withIndex(database, { sparse: true });
      looks.mockReturnValue(performance.now() + 1_001);
      const calls = Array.from({ length: 40 }, (_, index) =>
        createOrGetChat(database, { participants: [`u${index % 10}`, "b"] }),
      );
      for (const outcome of await Promise.allSettled(calls))
        expect(outcome).toMatchObject({ status: "rejected", reason: { code: "INDEX_MISSING" } });
      expect(await database.chats.countDocuments()).toBe(1);
      looks.mockRestore();
    },
  );

  it("is built although lists in lists keep out the index that only saves time", async () => {
    await using database = await freshDatabase();
    await database.chats.drop();
    await database.db.collection("chats").insertOne({ participants: [["a"], ["b"]] });
    await ensureIndexes(database);
    await expect(assertIndexes(database)).resolves.toBeUndefined();
  });

  it("is built beside indexes of the application's own that serve as well, under names of theirs", async () => {
    await using database = await freshDatabase({ model: { chats: { scope: "tenant" } } });
    await database.chats.dropIndexes();
    await database.chats.createIndex({ tenant: 1, _id: 1 });
    await ensureIndexes(database);
    await ensureIndexes(database);
    const names = (await database.chats.indexes()).map(({ name }) => name);
    expect(names).toContain("tenant_1__id_1");
    expect(names).not.toContain("scope_by_id");
  });

  it.each([
    { name: "participantsKey_unique", fields: '{"participantsKey":1}' },
    { name: "participants_by_id", fields: '{"participants":1,"_id":1}' },
  ])("says what to do where another one has the name $name", async ({ name, fields }) => {
    await using database = await freshDatabase();
    await database.chats.dropIndexes();
    await database.chats.createIndex({ users: 1 }, { name });
    await expect(ensureIndexes(database)).rejects.toMatchObject({
      code: "MODEL_MISMATCH",
      message: expect.stringContaining(`${name} of ${database.chats.namespace} is not on ${fields}`),
    });
  });

  it("is built although another one has the name of one that only saves time", async () => {
    await using database = await freshDatabase();
    await database.chats.dropIndexes();
    await database.chats.createIndex({ users: 1 }, { name: "keyless_by_people" });
    await expect(ensureIndexes(database)).resolves.toBeUndefined();
  });

  it("is built in a collection with room for no more than what decides, and told of where there is none", async () => {
    await using database = await freshDatabase();
    const others = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => ({ key: { [`field${from + at}`]: 1 } as const }));
    await database.chats.dropIndexes();
    await database.chats.createIndexes(others(0, 61));
    await ensureIndexes(database);
    expect(await createOrGetChat(database, { participants: ["a", "b"] })).toMatchObject({ created: true });
    await database.chats.dropIndex("participantsKey_unique");
    await database.chats.createIndexes(others(61, 62));
    await expect(ensureIndexes(database)).rejects.toMatchObject({
      code: "INDEX_MISSING",
      message: expect.stringContaining("room for 64 indexes"),
    });
  });

  it("is accepted under another name", async () => {
    await using database = await freshDatabase();
    await withIndex(database, { unique: true, sparse: true, name: "one_chat" });
    await expect(assertIndexes(database)).resolves.toBeUndefined();
    expect((await createOrGetChat(database, { participants: ["a"] })).created).toBe(true);
  });

  it("is reported when one of the same field stands in its way", async () => {
    await using database = await freshDatabase();
    await withIndex(database, {});
    await expect(ensureIndexes(database)).rejects.toMatchObject({ code: "INDEX_MISSING" });
  });

  it("lets chats without a key be as many as they like", async () => {
    await using database = await freshDatabase();
    await database.db.collection("chats").insertMany([{ title: "general" }, { title: "random" }]);
    expect(await database.chats.countDocuments()).toBe(2);
  });
});
