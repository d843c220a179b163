import { canBeProxied, wireProxy } from "@onechat/mongo/proxy";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { needs } from "@onechat/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Register } from "../../src/history/history-line.ts";
import type { Variant } from "../../src/history/operation.ts";
import { usualVariants } from "../../src/plan/profiles.ts";
import { type Admin, openAdmin } from "../../src/stores/admin.ts";
import { auditDatabase } from "../../src/stores/audit-database.ts";
import { dropKeyIndex, prepareDatabase, seedLegacy } from "../../src/stores/databases.ts";
import { type Opened, openStore, warmUp } from "../../src/stores/open-store.ts";

interface Prepared extends AsyncDisposable {
  readonly admin: Admin;
  readonly database: string;
  readonly opened: Opened;
  readonly store: Opened["store"];
  readonly find: (people: typeof pair) => Promise<string | null>;
}

const env = { process: "w1", run: "test" };

const { uri: upstream } = testMongo();

function openVariant(variant: Variant, database: string, uri = upstream): Promise<Opened> {
  const place = { uri, database, timeoutMs: 10_000, watchWrites: true };
  return openStore({ to: "database", variant, place }, env);
}

async function prepared(variant: Variant, uri = upstream): Promise<Prepared> {
  const database = databaseName(`stress-${variant}`);
  const admin = openAdmin(upstream);
  await prepareDatabase(admin.db(database), variant);
  const opened = await openVariant(variant, database, uri);
  const { store } = opened;
  return {
    admin,
    database,
    opened,
    store,
    find: async (people) => (await store.find?.(people)) ?? null,
    async [Symbol.asyncDispose]() {
      await store.close?.();
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

describe.each(usualVariants)("the variant %s", (variant) => {
  it("creates a chat once, and finds it by people in any order, until it is removed", async () => {
    await using one = await prepared(variant);
    expect(await one.find(pair)).toBeNull();
    const { id, created } = await one.store.ensure(pair);
    expect(created).toBe(true);
    const reversed = { participants: ["bob", "alice", "bob"], scope: "" };
    expect(await one.store.ensure(reversed)).toEqual({ id, created: false });
    expect(await one.find(reversed)).toBe(id);
    await one.store.remove?.(id);
    expect(await one.find(pair)).toBeNull();
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
    await warmUp(one.opened, env);
    expect(await one.find(pair)).toBeNull();
  });

  it("counts what it writes", async () => {
    await using one = await prepared(variant);
    const before = one.opened.writesSent?.() ?? 0;
    await one.find(pair);
    expect(one.opened.writesSent?.()).toBe(before);
    await one.store.ensure(pair);
    expect(one.opened.writesSent?.()).toBe(before + 1);
  });
});

describe("60 callers at once, on two stores", () => {
  it.each(["ours", "mongoose", "raw"] as const)("%s: one id, one creator, one document", async (variant) => {
    await using one = await prepared(variant);
    const other = await openVariant(variant, one.database);
    await Promise.all([warmUp(one.opened, env), warmUp(other, env)]);
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, caller) => (caller % 2 === 0 ? one : other).store.ensure(pair)),
    );
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    const [audited] = await auditDatabase(one.admin.db(one.database), [registerOf(pair.participants)]);
    expect(audited?.live).toHaveLength(1);
    await other.store.close?.();
  });
});

const notProxied = canBeProxied(upstream)
  ? null
  : "the database has several addresses or TLS, so that no proxy can stand before it";

describe("the naive variant", needs(notProxied), () => {
  it("makes as many chats as there are callers that have all found none", async () => {
    await using proxy = await wireProxy({ upstream });
    await using one = await prepared("naive", proxy.uri);
    using held = proxy.rule({ commands: ["insert"], collections: ["chats"], times: "always", fault: "hold" });
    const calls = Promise.all([1, 2, 3].map(() => one.store.ensure(pair)));
    await held.reached(3);
    held.lift();
    const answers = await calls;
    expect(new Set(answers.map(({ id }) => id)).size).toBe(3);
    expect(answers.every(({ created }) => created)).toBe(true);
    const [audited] = await auditDatabase(one.admin.db(one.database), [registerOf(pair.participants)]);
    expect(audited?.live).toHaveLength(3);
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
