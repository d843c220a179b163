import { databaseName, testMongo } from "@onechat/mongo/testing";
import { until } from "@onechat/testing";
import { type Db, type Document, MongoClient } from "mongodb";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { isTransient } from "../../src/errors/mongo-errors.ts";
import { guardedWrites } from "../../src/migrate/run/guarded-writes.ts";
import type { WriteBound } from "../../src/migrate/run/write-statements.ts";

interface Counter extends Document {
  readonly _id: number;
  readonly count: number;
}

/** The database behind a router that delivers the first so many updates of its first command, and the rest too late. */
function split(real: Db, first: number, untilTooLate: () => Promise<unknown>): Db {
  let isFirst = true;
  const command = async (body: Document): Promise<Document> => {
    if (!isFirst) return real.command(body);
    isFirst = false;
    const updates = body["updates"] as readonly Document[];
    const early = await real.command({ ...body, updates: updates.slice(0, first) });
    expect(early).toMatchObject({ n: first, ok: 1 });
    await untilTooLate();
    const late = await real.command({ ...body, updates: updates.slice(first) });
    return {
      n: Number(early["n"]) + Number(late["n"]),
      nModified: Number(early["nModified"]) + Number(late["nModified"]),
      writeErrors: [...errorsOf(early, 0), ...errorsOf(late, first)],
    };
  };
  return new Proxy(real, {
    get: (target, name) => (name === "command" ? command : Reflect.get(target, name)),
  });
}

function errorsOf(answer: Document, from: number): readonly Document[] {
  const errors = (answer["writeErrors"] ?? []) as readonly { readonly index: number }[];
  return errors.map((error) => ({ ...error, index: error.index + from }));
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
    let beginBefore = new Date(0);
    return {
      runOut: () =>
        until("the bound to be over", async () => {
          const over = { $lt: [beginBefore, "$$NOW"] };
          return (await counters.countDocuments({ $expr: over }, { limit: 1 })) === 1;
        }),
      renewals: () => renewals,
      async bound(): Promise<WriteBound> {
        const ms = renewals === 0 ? firstMs : renewedMs;
        beginBefore = new Date(Date.now() + ms);
        return { beginBefore, maxTimeMS };
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

  it("are sent again under a new lease when they come too late", async () => {
    const lease = leaseOf(-1_000, maxTimeMS);
    const outcome = await guardedWrites(db, lease).update("counters", increments);
    expect(outcome).toEqual({ n: 2_500, changed: 2_500, refusals: [] });
    expect(await counters.countDocuments({ count: 1 })).toBe(2_500);
    expect(lease.renewals()).toBe(1);
  });

  it("are each done once, and counted once, when a router delivers half of a command too late", async () => {
    // The first half has to be in time: that is all that may take no longer.
    const lease = leaseOf(2_000, maxTimeMS);
    const outcome = await guardedWrites(split(db, 400, lease.runOut), lease).update("counters", increments);
    expect(outcome).toEqual({ n: 2_500, changed: 2_500, refusals: [] });
    expect(await counters.countDocuments({ count: 1 })).toBe(2_500);
    expect(lease.renewals()).toBe(1);
  });

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

  it("take a duplicate key that quotes the words of lateness for what it is", async () => {
    await counters.createIndex({ name: 1 }, { unique: true, sparse: true });
    const name = "$sqrt's argument must be greater than or equal to 0";
    const twins = [1, 2].map((_id) => ({ q: { _id }, u: { $set: { name } } }));
    const lease = leaseOf(maxTimeMS, maxTimeMS);
    const { refusals } = await guardedWrites(db, lease).update("counters", twins);
    expect(refusals).toMatchObject([{ index: 1, code: 11_000 }]);
    expect(lease.renewals()).toBe(0);
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

  it("change documents as they were seen, also when they come too late, and leave others as they are", async () => {
    await counters.updateMany({ _id: { $in: [1, 2] } }, { $set: { old: 1 } });
    const lease = leaseOf(-1_000, maxTimeMS);
    const changes = [0, 1, 2, 9_999].map((_id) => ({
      _id,
      seen: [
        ["$count", 0],
        ["$old", _id === 0 ? null : _id],
      ] as const,
      set: { text: "$count" },
      unset: ["old"],
    }));
    const { n, changed } = await guardedWrites(db, lease).update("counters", changes);
    expect({ n, changed, renewals: lease.renewals() }).toEqual({ n: 3, changed: 2, renewals: 1 });
    const stored = await counters.find({ _id: { $in: [0, 1, 2, 9_999] } }, { sort: { _id: 1 } }).toArray();
    expect(stored).toEqual([
      { _id: 0, count: 0, text: "$count" },
      { _id: 1, count: 0, text: "$count" },
      { _id: 2, count: 0, old: 1 },
    ]);
  });
});
