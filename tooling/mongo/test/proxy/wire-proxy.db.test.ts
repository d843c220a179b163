import { describe, expect, it } from "vitest";
import { canBeProxied, wireProxy } from "../../src/proxy/index.ts";
import { testMongo } from "../../src/testing/index.ts";
import { collectionThrough, proxiedCollection } from "./proxied-collection.ts";

const { uri: upstream } = testMongo();

describe.skipIf(!canBeProxied(upstream))("a proxy between driver and server", () => {
  it("passes on what nobody made a rule for", async () => {
    await using database = await proxiedCollection();
    const { notes, stored } = database;
    await notes.insertMany([{ _id: 1, text: "one" }, { _id: 2 }, { _id: 3 }]);
    expect(await notes.find({}, { batchSize: 1, sort: { _id: 1 } }).toArray()).toEqual(
      await stored.find().toArray(),
    );
    expect(await notes.findOneAndUpdate({ _id: 2 }, { $set: { text: "two" } })).toEqual({ _id: 2 });
    await expect(notes.insertOne({ _id: 1 })).rejects.toMatchObject({ code: 11_000, keyPattern: { _id: 1 } });
  });

  describe("answers with an error", () => {
    const error = { code: 189, codeName: "PrimarySteppedDown", message: "stepped down", labels: ["Mine"] };

    it("instead of the server, which hears nothing", async () => {
      await using database = await proxiedCollection();
      const { notes, stored, proxy } = database;
      const rule = proxy.rule({ commands: ["insert"], fault: { error } });
      const failure: unknown = await notes.insertOne({ _id: 1 }).catch((reason: unknown) => reason);
      expect(failure).toMatchObject({ code: 189, codeName: "PrimarySteppedDown", message: "stepped down" });
      expect(failure).toHaveProperty("errorLabels", expect.arrayContaining(["Mine"]));
      expect(await stored.countDocuments()).toBe(0);
      expect(rule.hits()).toBe(1);
    });

    it("although the server has done it", async () => {
      await using database = await proxiedCollection();
      const { notes, stored, proxy } = database;
      proxy.rule({ commands: ["insert"], when: "after", fault: { error } });
      await expect(notes.insertOne({ _id: 1 })).rejects.toMatchObject({ code: 189 });
      expect(await stored.countDocuments()).toBe(1);
    });

    it("of a write concern, in an answer that is well otherwise", async () => {
      await using database = await proxiedCollection();
      const { notes, stored, proxy } = database;
      proxy.rule({
        commands: ["update"],
        fault: { writeConcernError: { code: 64, codeName: "WriteConcernTimeout", message: "too late" } },
      });
      const update = notes.updateOne({ _id: 1 }, { $set: { text: "one" } }, { upsert: true });
      await expect(update).rejects.toMatchObject({ name: "MongoWriteConcernError", code: 64 });
      expect(await stored.findOne()).toEqual({ _id: 1, text: "one" });
    });

    it("of a handshake, where it is named: the driver tries again", async () => {
      await using database = await proxiedCollection();
      const { notes, proxy } = database;
      const rule = proxy.rule({ commands: ["hello"], fault: { error: { code: 18, message: "not yet" } } });
      expect(await notes.countDocuments()).toBe(0);
      expect(rule.hits()).toBe(1);
    });
  });

  describe("refuses single statements", () => {
    const refusal = { code: 112, codeName: "WriteConflict", message: "somebody else writes" };

    it("of a bulk without order, and the server gets the others", async () => {
      await using database = await proxiedCollection();
      const { notes, stored, proxy } = database;
      await stored.insertOne({ _id: 3 });
      proxy.rule({ commands: ["insert"], fault: { writeErrors: [{ index: 1, ...refusal }] } });
      const documents = [1, 2, 3, 4].map((_id) => ({ _id }));
      const failure: unknown = await notes
        .insertMany(documents, { ordered: false })
        .catch((reason: unknown) => reason);
      expect(failure).toMatchObject({
        insertedCount: 2,
        writeErrors: [
          { index: 1, code: 112, errmsg: "somebody else writes" },
          { index: 2, code: 11_000 },
        ],
      });
      expect((await stored.find().toArray()).map(({ _id }) => _id).toSorted()).toEqual([1, 3, 4]);
    });

    it("of a bulk in order, which ends there", async () => {
      await using database = await proxiedCollection();
      const { notes, stored, proxy } = database;
      proxy.rule({ commands: ["insert"], fault: { writeErrors: [{ index: 1, ...refusal }] } });
      const documents = [1, 2, 3].map((_id) => ({ _id }));
      await expect(notes.insertMany(documents)).rejects.toMatchObject({ code: 112, insertedCount: 1 });
      expect(await stored.find().toArray()).toEqual([{ _id: 1 }]);
    });

    it("and tells upserts by the places that they had", async () => {
      await using database = await proxiedCollection();
      const { notes, proxy } = database;
      proxy.rule({ commands: ["update"], fault: { writeErrors: [{ index: 0, ...refusal }] } });
      const upserts = [1, 2].map((_id) => ({
        updateOne: { filter: { _id }, update: { $set: { text: "new" } }, upsert: true },
      }));
      const failure: unknown = await notes
        .bulkWrite(upserts, { ordered: false })
        .catch((reason: unknown) => reason);
      expect(failure).toMatchObject({ code: 112, result: { upsertedIds: { 1: 2 } } });
    });

    it("and leaves commands alone that have no such statement", async () => {
      await using database = await proxiedCollection();
      const { notes, proxy } = database;
      const rule = proxy.rule({ times: "always", fault: { writeErrors: [{ index: 1, ...refusal }] } });
      await notes.insertOne({ _id: 1 });
      expect(await notes.countDocuments()).toBe(1);
      expect(rule.hits()).toBe(0);
    });
  });

  describe("breaks the connection", () => {
    it("before the server hears of the command", async () => {
      await using database = await proxiedCollection();
      const { notes, stored, proxy } = database;
      proxy.rule({ commands: ["insert"], fault: "reset" });
      await expect(notes.insertOne({ _id: 1 })).rejects.toMatchObject({ name: "MongoNetworkError" });
      expect(await stored.countDocuments()).toBe(0);
    });

    it("as soon as the server has the command", async () => {
      await using database = await proxiedCollection();
      const { notes, stored, proxy } = database;
      proxy.rule({ commands: ["insert"], when: "sent", fault: "reset" });
      await expect(notes.insertOne({ _id: 1 })).rejects.toMatchObject({ name: "MongoNetworkError" });
      await expect.poll(() => stored.countDocuments(), { timeout: 30_000 }).toBe(1);
    });

    it.each(["reset", "cut"] as const)("so that the answer is lost, or half of it (%s)", async (fault) => {
      await using database = await proxiedCollection();
      const { notes, stored, proxy } = database;
      proxy.rule({ commands: ["insert"], when: "after", fault });
      await expect(notes.insertOne({ _id: 1 })).rejects.toMatchObject({ name: "MongoNetworkError" });
      expect(await stored.countDocuments()).toBe(1);
      expect(await notes.countDocuments()).toBe(1);
    });

    it("of everybody, and tells how many were waiting", async () => {
      await using database = await proxiedCollection();
      const { notes, proxy } = database;
      using held = proxy.rule({ commands: ["insert"], when: "after", times: "always", fault: "hold" });
      const inserts = [1, 2].map((_id) => notes.insertOne({ _id }));
      const outcomes = Promise.allSettled(inserts);
      await held.reached(2);
      expect(proxy.reset()).toBe(2);
      expect(await outcomes).toMatchObject([{ status: "rejected" }, { status: "rejected" }]);
      expect(await notes.countDocuments()).toBe(2);
    });
  });

  describe("decides what comes first", () => {
    it("by holding a command until others have been answered", async () => {
      await using database = await proxiedCollection();
      const { notes, proxy } = database;
      using held = proxy.rule({
        commands: ["insert"],
        matches: ({ documents }) => documents[0]._id === 1,
        fault: "hold",
      });
      const first = notes.insertOne({ _id: 1 });
      await held.reached();
      await notes.insertOne({ _id: 2 });
      expect(await notes.find().toArray()).toEqual([{ _id: 2 }]);
      held.lift();
      await first;
      expect(await notes.countDocuments()).toBe(2);
    });

    it("by holding the answer of what is done already", async () => {
      await using database = await proxiedCollection();
      const { notes, proxy } = database;
      using held = proxy.rule({ commands: ["insert"], when: "after", fault: "hold" });
      let isAnswered = false;
      const first = notes.insertOne({ _id: 1 }).then(() => (isAnswered = true));
      await held.reached();
      expect(await notes.countDocuments()).toBe(1);
      expect(isAnswered).toBe(false);
      held.lift();
      await first;
    });

    it("so that a command arrives although its caller has given up", async () => {
      await using database = await proxiedCollection({ socketTimeoutMS: 100 });
      const { notes, stored, proxy } = database;
      using held = proxy.rule({ commands: ["insert"], fault: "hold" });
      await expect(notes.insertOne({ _id: 1 })).rejects.toMatchObject({ name: "MongoNetworkTimeoutError" });
      expect(await stored.countDocuments()).toBe(0);
      held.lift();
      await expect.poll(() => stored.countDocuments(), { timeout: 30_000 }).toBe(1);
    });

    it("and what becomes of a command that is held", async () => {
      await using database = await proxiedCollection();
      const { notes, stored, proxy } = database;
      using held = proxy.rule({ commands: ["insert"], fault: "hold" });
      const insert = notes.insertOne({ _id: 1 });
      await held.reached();
      proxy.rule({ commands: ["insert"], fault: { error: { code: 91, message: "shutting down" } } });
      held.lift();
      await expect(insert).rejects.toMatchObject({ code: 91 });
      expect(await stored.countDocuments()).toBe(0);
    });
  });

  it("makes the server slower than anybody waits", async () => {
    await using database = await proxiedCollection({ socketTimeoutMS: 100, retryReads: false });
    const { notes, proxy } = database;
    proxy.rule({ commands: ["find"], when: "after", fault: { delayMs: 600_000 } });
    await expect(notes.find().toArray()).rejects.toMatchObject({ name: "MongoNetworkTimeoutError" });
    expect(await notes.find().toArray()).toEqual([]);
  });

  it("strikes once, so many times, every second time, or always", async () => {
    await using database = await proxiedCollection();
    const { notes, proxy } = database;
    const outcomes = async (): Promise<string> => {
      const counts = Array.from({ length: 5 }, () => 0);
      let text = "";
      for (const _ of counts)
        text += await notes.countDocuments().then(
          () => ".",
          () => "x",
        );
      return text;
    };
    const fault = { error: { code: 1 } };
    const during = async (rule: { readonly times?: number | "always"; readonly every?: number }) => {
      using _made = proxy.rule({ commands: ["aggregate"], ...rule, fault });
      return await outcomes();
    };
    expect(await during({})).toBe("x....");
    expect(await during({ times: 2 })).toBe("xx...");
    expect(await during({ times: "always", every: 2 })).toBe("x.x.x");
    expect(await during({ times: 2, every: 2 })).toBe("x.x..");
    expect(await during({ times: "always" })).toBe("xxxxx");
    expect(await outcomes()).toBe(".....");
  });

  it("strikes the commands and collections that are named, and no others", async () => {
    await using database = await proxiedCollection();
    const { notes, proxy } = database;
    const others = notes.db.collection<{ _id: number }>("others");
    proxy.rule({
      commands: ["insert", "getMore"],
      collections: ["notes"],
      times: "always",
      fault: { error: { code: 1, message: "struck" } },
    });
    await others.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
    expect(await others.find({}, { batchSize: 1 }).toArray()).toHaveLength(3);
    expect(await notes.countDocuments()).toBe(0);
    await expect(notes.insertOne({ _id: 1 })).rejects.toThrow("struck");
  });

  it("shows what was asked, in its order, concerns included", async () => {
    await using database = await proxiedCollection();
    const { notes, proxy } = database;
    await notes.insertOne({ _id: 1 }, { writeConcern: { w: "majority", journal: true } });
    await notes.findOne({ _id: 1 }, { readConcern: { level: "majority" } });
    await notes.db.collection("others").countDocuments();
    expect(proxy.seen().map(({ name, collections }) => [name, ...collections])).toEqual([
      ["insert", "notes"],
      ["find", "notes"],
      ["aggregate", "others"],
    ]);
    const [insert, find] = proxy.seen({ collections: ["notes"] });
    expect(insert?.command).toMatchObject({
      documents: [{ _id: 1 }],
      writeConcern: { w: "majority", j: true },
    });
    expect(find?.command).toMatchObject({ filter: { _id: 1 }, readConcern: { level: "majority" } });
    expect(proxy.seen({ commands: ["find"], matches: ({ filter }) => filter._id === 2 })).toEqual([]);
    expect(proxy.seen({ commands: ["hello"] }).length).toBeGreaterThan(0);
  });

  it("says so when it has forgotten what was asked", async () => {
    await using database = collectionThrough(await wireProxy({ upstream, remember: 3 }));
    const { notes, proxy } = database;
    for (let command = 0; command < 4; command += 1) await notes.countDocuments();
    expect(() => proxy.seen()).toThrow(/^of \d+ commands the last 3 are remembered: give more to remember$/);
  });

  it.each([
    ["mongodb://a.invalid,b.invalid/", "one address without TLS is needed"],
    ["mongodb+srv://a.invalid/", "one address without TLS is needed"],
    ["mongodb://a.invalid/?tls=true", "one address without TLS is needed"],
  ])("cannot stand before %s", async (unfit, reason) => {
    await expect(wireProxy({ upstream: unfit })).rejects.toThrow(reason);
  });

  it("refuses rules and options that it does not know, in words", async () => {
    await using proxy = await wireProxy({ upstream });
    const nonsense = { command: ["insert"], times: 0, fault: "explode" } as never;
    expect(() => proxy.rule(nonsense)).toThrow(/^the rule cannot be used:\n(.*\n)*.*"command"/);
    expect(() => proxy.rule({ when: "before", fault: "cut" })).toThrow('"cut" can be after, not before');
    expect(() => proxy.seen({ names: ["insert"] } as never)).toThrow("the selection cannot be used");
    await expect(wireProxy({ upstream, port: 1 } as never)).rejects.toThrow("the proxy cannot be used");
  });
});
