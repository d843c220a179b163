import { databaseName, testMongo } from "@onechat/mongo/testing";
import { type Document, MongoClient } from "mongodb";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { isTransient } from "../../src/driver-errors.ts";
import { guardedWrites } from "../../src/migrate/run/guarded-writes.ts";
import type { WriteBound } from "../../src/migrate/run/lease.ts";

interface Counter extends Document {
  readonly _id: number;
  readonly count: number;
}

describe("writes within a lease", () => {
  const client = new MongoClient(testMongo().uri);
  const db = client.db(databaseName("guarded"));
  const counters = db.collection<Counter>("counters");
  const maxTimeMS = 60_000;

  beforeEach(async () => {
    await counters.deleteMany({});
    await counters.insertMany(Array.from({ length: 2_500 }, (_, _id) => ({ _id, count: 0 })));
  });
  afterAll(async () => {
    await db.dropDatabase();
    await client.close();
  });

  /** The first bound, and the one after every renewal, in milliseconds from now. */
  function leaseOf(firstMs: number, renewedMs: number) {
    let renewals = 0;
    return {
      renewals: () => renewals,
      async bound(): Promise<WriteBound> {
        const ms = renewals === 0 ? firstMs : renewedMs;
        return { beginBefore: new Date(Date.now() + ms), maxTimeMS };
      },
      async renew() {
        renewals += 1;
      },
    };
  }

  const increments = Array.from({ length: 2_500 }, (_, _id) => ({
    q: { _id, count: { $gte: 0 } },
    u: { $inc: { count: 1 } },
  }));

  it.each([-1_000, 15, 30])(
    "are each done once, and counted once, when the lease ends %i ms from when they are sent",
    async (ms) => {
      const lease = leaseOf(ms, maxTimeMS);
      const outcome = await guardedWrites(db, lease).update("counters", increments);
      expect(outcome).toEqual({ n: 2_500, changed: 2_500, refusals: [] });
      expect(await counters.countDocuments({ count: 1 })).toBe(2_500);
      expect(lease.renewals()).toBeGreaterThanOrEqual(ms < 0 ? 1 : 0);
    },
  );

  it("give up like a server that is too slow when they never come in time, and write nothing", async () => {
    const write = guardedWrites(db, leaseOf(-1_000, -1_000));
    const all = [
      () => write.update("counters", [{ q: { _id: 1 }, u: { $set: { count: 7 } } }]),
      () => write.update("counters", [{ q: { _id: 1 }, u: [{ $set: { count: 7 } }] }]),
      () => write.update("counters", [{ q: { count: 0 }, u: { $set: { count: 7 } }, multi: true }]),
      () => write.upsert("counters", [{ _id: 1, set: { count: 7 } }]),
      () => write.insert("counters", [{ _id: 9_999, count: 7 }]),
      () => write.delete("counters", [{ _id: 1 }]),
      () => write.delete("counters", [{ _id: 1, $expr: { $eq: ["$count", 0] } }]),
      () =>
        write.merge("counters", [
          { $match: { _id: 1 } },
          { $set: { count: 7 } },
          { $merge: { into: "counters" } },
        ]),
    ];
    for (const attempt of all) {
      const error: unknown = await attempt().catch((reason: unknown) => reason);
      expect(isTransient(error)).toBe(true);
    }
    expect(await counters.countDocuments({ count: 0 })).toBe(2_500);
    expect(await counters.countDocuments({})).toBe(2_500);
  });

  it("say what was refused, by its place among all statements, and whether or not some came late", async () => {
    const lease = leaseOf(-1_000, maxTimeMS);
    await counters.createIndex({ name: 1 }, { unique: true, sparse: true });
    const named = Array.from({ length: 1_100 }, (_, _id) => ({
      q: { _id },
      u: { $set: { name: _id === 1_050 ? "0" : String(_id) } },
    }));
    const { n, refusals } = await guardedWrites(db, lease).update("counters", named);
    expect(n).toBe(1_099);
    expect(refusals).toMatchObject([{ index: 1_050, code: 11_000, keyPattern: { name: 1 } }]);
    await counters.dropIndex("name_1");
  });

  it("keep values as they are, whatever they look like to a server that reads expressions", async () => {
    const write = guardedWrites(db, leaseOf(maxTimeMS, maxTimeMS));
    const text = { text: "$count", nested: { $expr: "$$ROOT" } };
    await write.upsert("counters", [{ _id: 5_000, set: text, setIfMissing: { first: "$_id" } }]);
    await write.upsert("counters", [
      { _id: 5_000, set: { text: "$new" }, setIfMissing: { first: "second" } },
    ]);
    expect(await counters.findOne({ _id: 5_000 })).toEqual({
      _id: 5_000,
      ...text,
      text: "$new",
      first: "$_id",
    });
    expect(await write.insert("counters", [{ _id: 5_001, ...text }, { _id: 5_001 }, { _id: 1 }])).toBe(1);
    expect(await counters.findOne({ _id: 5_001 })).toEqual({ _id: 5_001, ...text });
  });
});
