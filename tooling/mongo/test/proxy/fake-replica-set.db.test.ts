import { needs } from "@onechat/testing";
import { ReadPreference } from "mongodb";
import { describe, expect, it } from "vitest";
import { canBeProxied, fakeReplicaSet, type FakeReplicaSet } from "../../src/proxy/index.ts";
import { testMongo } from "../../src/testing/index.ts";
import { collectionThrough, type ProxiedCollection } from "./proxied-collection.ts";

const { uri: upstream } = testMongo();

async function replicated(options = {}): Promise<ProxiedCollection<FakeReplicaSet>> {
  return collectionThrough(await fakeReplicaSet({ upstream }), options);
}

const notProxied = canBeProxied(upstream)
  ? null
  : "the database has several addresses or TLS, so that no proxy can stand before it";

describe("a fake replica set", needs(notProxied), () => {
  it("is one to the driver, which writes to its primary and numbers its writes", async () => {
    await using database = await replicated();
    const { notes, stored, proxy } = database;
    await notes.insertOne({ _id: 1 });
    expect(await stored.find().toArray()).toEqual([{ _id: 1 }]);
    expect(proxy.seen({ commands: ["insert"] })).toMatchObject([{ command: { txnNumber: 1, lsid: {} } }]);
  });

  it("answers reads at the secondary, if they say so", async () => {
    await using database = await replicated({ readPreference: ReadPreference.SECONDARY });
    const { notes } = database;
    await notes.insertOne({ _id: 1 });
    expect(await notes.find().toArray()).toEqual([{ _id: 1 }]);
  });

  it("has a primary that steps down and refuses: the driver repeats the write on the new one", async () => {
    await using database = await replicated();
    const { notes, stored, proxy } = database;
    await notes.insertOne({ _id: 1 });
    const before = proxy.primary();
    proxy.stepDown({ connections: "kept" });
    expect(proxy.primary()).not.toBe(before);
    await notes.insertOne({ _id: 2 });
    expect(await stored.countDocuments()).toBe(2);
    const attempts = proxy.seen({ commands: ["insert"], matches: ({ documents }) => documents[0]._id === 2 });
    expect(new Set(attempts.map(({ command }) => command["txnNumber"]))).toEqual(new Set([2]));
    expect(attempts.length).toBeGreaterThan(1);
  });

  it("tells a driver that repeats nothing that there is another primary", async () => {
    await using database = await replicated({ retryWrites: false });
    const { notes, stored, proxy } = database;
    using held = proxy.rule({ commands: ["insert"], fault: "hold" });
    const insert = notes.insertOne({ _id: 1 });
    const outcome = Promise.allSettled([insert]);
    await held.reached();
    proxy.stepDown({ connections: "kept" });
    held.lift();
    expect(await outcome).toMatchObject([
      { status: "rejected", reason: { code: 10_107, codeName: "NotWritablePrimary" } },
    ]);
    expect(await stored.countDocuments()).toBe(0);
    await notes.insertOne({ _id: 1 });
  });

  it("has a primary that goes with its connections, before it has done what it was asked to", async () => {
    await using database = await replicated();
    const { notes, stored, proxy } = database;
    using held = proxy.rule({ commands: ["insert"], fault: "hold" });
    const insert = notes.insertOne({ _id: 1 });
    await held.reached();
    proxy.stepDown();
    await insert;
    held.lift();
    expect(await stored.countDocuments()).toBe(1);
  });

  it("runs a write twice that was repeated after a lost answer, where a real set would know it", async () => {
    await using database = await replicated();
    const { notes, stored, proxy } = database;
    using held = proxy.rule({ commands: ["insert"], when: "after", fault: "hold" });
    const insert = notes.insertOne({ _id: 1 });
    const outcome = Promise.allSettled([insert]);
    await held.reached();
    proxy.stepDown();
    expect(await outcome).toMatchObject([{ status: "rejected", reason: { code: 11_000 } }]);
    expect(await stored.countDocuments()).toBe(1);
  });

  it("fails over as often as it is told to, and back", async () => {
    await using database = await replicated();
    const { notes, stored, proxy } = database;
    for (let _id = 1; _id <= 4; _id += 1) {
      await notes.insertOne({ _id });
      proxy.stepDown({ connections: "kept" });
    }
    expect(await stored.countDocuments()).toBe(4);
  });

  it("refuses transactions in words", async () => {
    await using database = await replicated();
    const { notes, client } = database;
    const transaction = client.withSession((session) =>
      session.withTransaction(() => notes.insertOne({ _id: 1 }, { session })),
    );
    await expect(transaction).rejects.toThrow("the fake replica set has no transactions");
  });
});
