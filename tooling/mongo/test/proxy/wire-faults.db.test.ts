import { needs } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { canBeProxied } from "../../src/proxy/index.ts";
import { testMongo } from "../../src/testing/index.ts";
import { proxiedCollection } from "./proxied-collection.ts";

const notProxied = canBeProxied(testMongo().uri)
  ? null
  : "the database has several addresses or TLS, so that no proxy can stand before it";

describe("a rule of the proxy", needs(notProxied), () => {
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

    it("or with nothing, where no answer is wanted", async () => {
      await using database = await proxiedCollection();
      const { notes, stored, proxy } = database;
      const rule = proxy.rule({ commands: ["insert"], fault: { error } });
      await notes.insertOne({ _id: 1 }, { writeConcern: { w: 0 } });
      await rule.reached();
      await notes.insertOne({ _id: 2 });
      expect(await stored.distinct("_id")).toEqual([2]);
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
      expect(await stored.distinct("_id")).toEqual([1, 3, 4]);
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
});
