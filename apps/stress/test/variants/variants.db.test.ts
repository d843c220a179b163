import { databaseName, testMongo } from "@onechat/mongo/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Register } from "../../src/history/history-line.ts";
import { Variant } from "../../src/history/operation.ts";
import { type Admin, openAdmin } from "../../src/variants/admin.ts";
import { auditDatabase } from "../../src/variants/audit-database.ts";
import type { OpenStore } from "../../src/variants/chat-store.ts";
import { dropKeyIndex } from "../../src/variants/drop-key-index.ts";
import { openStore } from "../../src/variants/open-store.ts";
import { prepareDatabase } from "../../src/variants/prepare-database.ts";
import { seedLegacy } from "../../src/variants/seed-legacy.ts";

interface Prepared extends AsyncDisposable {
  readonly admin: Admin;
  readonly database: string;
  readonly store: OpenStore;
}

async function prepared(variant: Variant): Promise<Prepared> {
  const { uri } = testMongo();
  const database = databaseName(`stress-${variant}`);
  const admin = openAdmin(uri);
  await prepareDatabase(admin.db(database), variant);
  const place = { uri, database, poolSize: 16, timeoutMs: 10_000, watchWrites: true };
  const store = await openStore(variant, place);
  return {
    admin,
    database,
    store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await admin.drop(database);
      await admin[Symbol.asyncDispose]();
    },
  };
}

function registerOf(participants: readonly string[], scope = "", initial: readonly string[] = []): Register {
  const about = { variant: "ours", path: "domain", workload: "hot" } as const;
  return {
    type: "register",
    key: "k",
    ...about,
    participants: [...participants],
    scope,
    initial: [...initial],
  };
}

const pair = { participants: ["alice", "bob"], scope: "" };

describe.each(Variant.options)("the variant %s", (variant) => {
  it("creates a chat once, and finds it by people in any order and by id", async () => {
    await using one = await prepared(variant);
    expect(await one.store.find(pair)).toBeNull();
    const { id, created } = await one.store.ensure(pair);
    expect(created).toBe(true);
    const reversed = { participants: ["bob", "alice", "bob"], scope: "" };
    expect(await one.store.ensure(reversed)).toEqual({ id, created: false });
    expect([await one.store.find(reversed), await one.store.resolve(id, pair)]).toEqual([id, id]);
  });

  it("keeps scopes apart, and stores who is in the chat and in which scope", async () => {
    await using one = await prepared(variant);
    const { id } = await one.store.ensure(pair);
    const scoped = await one.store.ensure({ ...pair, scope: "work" });
    expect(scoped.id).not.toBe(id);
    const registers = [registerOf(pair.participants), registerOf(pair.participants, "work")];
    const [plain, work] = await auditDatabase(one.admin.db(one.database), registers);
    expect(plain?.live).toEqual([{ id, participants: ["alice", "bob"], scope: "" }]);
    expect(work?.live).toEqual([{ id: scoped.id, participants: ["alice", "bob"], scope: "work" }]);
  });

  it("warms up without leaving a trace for anybody's chat", async () => {
    await using one = await prepared(variant);
    await one.store.warmUp();
    expect(await one.store.find(pair)).toBeNull();
  });

  it("counts what it writes", async () => {
    await using one = await prepared(variant);
    const before = one.store.writesSent() ?? 0;
    await one.store.find(pair);
    expect(one.store.writesSent()).toBe(before);
    await one.store.ensure(pair);
    expect(one.store.writesSent()).toBe(before + 1);
  });
});

describe("60 callers at once, on two stores", () => {
  it.each(["ours", "mongoose", "raw"] as const)("%s: one id, one creator, one document", async (variant) => {
    await using one = await prepared(variant);
    const { uri } = testMongo();
    const place = { uri, database: one.database, poolSize: 16, timeoutMs: 10_000, watchWrites: false };
    await using other = await openStore(variant, place);
    await Promise.all([one.store.warmUp(), other.warmUp()]);
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, caller) => (caller % 2 === 0 ? one.store : other).ensure(pair)),
    );
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    const [audited] = await auditDatabase(one.admin.db(one.database), [registerOf(pair.participants)]);
    expect(audited?.live).toHaveLength(1);
  });

  it("naive: several of each", async () => {
    await using one = await prepared("naive");
    await one.store.warmUp();
    const answers = await Promise.all(Array.from({ length: 60 }, () => one.store.ensure(pair)));
    expect(new Set(answers.map(({ id }) => id)).size).toBeGreaterThan(1);
    const [audited] = await auditDatabase(one.admin.db(one.database), [registerOf(pair.participants)]);
    expect(audited?.live.length).toBeGreaterThan(1);
  });
});

describe("the audit of a database", () => {
  let admin: Admin;
  const database = databaseName("stress-audit");
  beforeAll(() => {
    admin = openAdmin(testMongo().uri);
  });
  afterAll(async () => {
    await admin.drop(database);
    await admin[Symbol.asyncDispose]();
  });

  it("follows retired ids to the live chat at their end, or to nothing", async () => {
    const db = admin.db(database);
    const [survivor, loser, gone] = ["a", "b", "c"].map((digit) => digit.repeat(24));
    const initial = [survivor, loser, gone].map(String);
    await seedLegacy(db, [{ name: "k", participants: ["x", "y"], scope: "", initial: initial.slice(0, 2) }]);
    const { ObjectId } = await import("mongodb");
    await db
      .collection("chats")
      .updateOne({ _id: new ObjectId(loser) }, { $set: { mergedInto: new ObjectId(survivor) } });
    await db
      .collection("chat_redirects")
      .insertOne({ _id: new ObjectId(gone), to: new ObjectId("d".repeat(24)) });
    const [audited] = await auditDatabase(db, [registerOf(["x", "y"], "", initial)]);
    expect(audited?.live.map(({ id }) => id)).toEqual([survivor]);
    expect(audited?.redirects.toSorted((one, other) => one.id.localeCompare(other.id))).toEqual([
      { id: loser, to: survivor },
      { id: gone, to: null },
    ]);
  });
});

describe("an index that is taken away", () => {
  it("makes ours refuse, and comes back with ours' own preparation", async () => {
    await using one = await prepared("ours");
    const db = one.admin.db(one.database);
    await one.store.ensure(pair);
    await dropKeyIndex(db);
    await expect(one.store.ensure({ ...pair, scope: "new" })).rejects.toMatchObject({
      code: "INDEX_MISSING",
    });
    await prepareDatabase(db, "ours");
    expect(await one.store.ensure(pair)).toMatchObject({ created: false });
  });
});
