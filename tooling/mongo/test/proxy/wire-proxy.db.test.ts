import { once } from "node:events";
import { connect } from "node:net";
import { needs } from "@onechat/testing";
import { MongoClient } from "mongodb";
import { describe, expect, it } from "vitest";
import { canBeProxied, fakeReplicaSet, wireProxy } from "../../src/proxy/index.ts";
import { crashableMongo, crashableMongoMissing, testMongo } from "../../src/testing/index.ts";
import { collectionThrough, type Note, proxiedCollection } from "./proxied-collection.ts";

const { uri: upstream } = testMongo();

const notProxied = canBeProxied(upstream)
  ? null
  : "the database has several addresses or TLS, so that no proxy can stand before it";

describe("a proxy between driver and server", needs(notProxied), () => {
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

  it("passes on documents beside their command, writes without an answer, and large ones", async () => {
    await using database = await proxiedCollection();
    const { client, notes, stored, proxy } = database;
    const { namespace } = notes;
    await client.bulkWrite<Record<string, Note>>([
      { name: "insertOne", namespace, document: { _id: 1 } },
      { name: "insertOne", namespace, document: { _id: 2 } },
    ]);
    expect(proxy.seen({ collections: ["notes"] })).toMatchObject([
      { name: "bulkWrite", command: { ops: [{ document: { _id: 1 } }, { document: { _id: 2 } }] } },
    ]);
    await notes.insertOne({ _id: 3 }, { writeConcern: { w: 0 } });
    const text = "x".repeat(10_000_000);
    await notes.insertOne({ _id: 4, text });
    expect(await notes.findOne({ _id: 4 })).toEqual({ _id: 4, text });
    await expect.poll(() => stored.countDocuments(), { timeout: 30_000 }).toBe(4);
  });

  it("lets nobody compress, so that it can read along", async () => {
    await using database = await proxiedCollection({ compressors: ["zlib"] });
    const { notes, proxy } = database;
    await notes.insertOne({ _id: 1 });
    expect(await notes.countDocuments()).toBe(1);
    expect(proxy.seen({ commands: ["insert"] })).toHaveLength(1);
  });

  it("ends the connection of who speaks another protocol, and no other", async () => {
    await using database = await proxiedCollection();
    const { notes, proxy } = database;
    await notes.insertOne({ _id: 1 });
    const { hostname, port } = new URL(proxy.uri);
    const stranger = connect(Number(port), hostname).resume();
    stranger.write("GET / HTTP/1.1\r\n\r\n");
    await once(stranger, "close");
    expect(await notes.countDocuments()).toBe(1);
  });

  it("ends with what it holds", async () => {
    const proxy = await wireProxy({ upstream });
    await using database = collectionThrough(proxy, { retryWrites: false });
    const held = proxy.rule({ commands: ["insert"], fault: "hold" });
    const outcome = Promise.allSettled([database.notes.insertOne({ _id: 1 })]);
    await held.reached();
    await proxy[Symbol.asyncDispose]();
    expect(await outcome).toMatchObject([{ status: "rejected", reason: { name: "MongoNetworkError" } }]);
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

  it("tells who asked that a rule cannot look at the command", async () => {
    await using database = await proxiedCollection();
    const { notes, proxy } = database;
    proxy.rule({ matches: ({ documents }) => documents[0]._id === 1, fault: "reset" });
    await expect(notes.countDocuments()).rejects.toThrow(
      "the rule for all commands cannot look at a request: Cannot read properties of undefined",
    );
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
    ["mongodb+srv://a.invalid/", "addresses without TLS are needed"],
    ["mongodb://a.invalid,b.invalid/?tls=true", "addresses without TLS are needed"],
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

const missing = await crashableMongoMissing(process.env);

describe("a proxy before a server that crashes", needs(missing), () => {
  it("lets its connections go with the server, and finds it again", async () => {
    await using server = await crashableMongo(process.env);
    await using proxy = await wireProxy({ upstream: server.uri });
    await using client = new MongoClient(proxy.uri);
    const closed = once(client, "connectionClosed");
    const notes = client.db("app").collection<{ _id: number }>("notes");
    await notes.insertOne({ _id: 1 }, { writeConcern: { w: "majority", journal: true } });
    await server.kill();
    await closed;
    await server.restart();
    expect(await notes.countDocuments()).toBe(1);
  });
});

describe("proxies before the members of a replica set", needs(notProxied), () => {
  it("are what a driver knows of it, also when the primary has changed", async () => {
    await using set = await fakeReplicaSet({ upstream });
    await using database = collectionThrough(await wireProxy({ upstream: set.uri }));
    const { notes, stored, proxy } = database;
    await notes.insertOne({ _id: 1 });
    set.stepDown();
    await notes.insertOne({ _id: 2 });
    expect(await stored.countDocuments()).toBe(2);
    const passed = proxy.seen({ commands: ["insert"] }).flatMap(({ command }) => command["documents"]);
    expect(passed).toEqual(expect.arrayContaining([{ _id: 1 }, { _id: 2 }]));
  });

  it("strike whoever is the primary", async () => {
    await using set = await fakeReplicaSet({ upstream });
    await using database = collectionThrough(await wireProxy({ upstream: set.uri }), { retryWrites: false });
    const { notes, stored, proxy } = database;
    await notes.insertOne({ _id: 1 });
    set.stepDown();
    await notes.insertOne({ _id: 2 }).catch(() => undefined);
    using lost = proxy.rule({ commands: ["insert"], when: "after", fault: "reset" });
    await expect(notes.insertOne({ _id: 3 })).rejects.toMatchObject({ name: "MongoNetworkError" });
    expect(lost.hits()).toBe(1);
    expect(await stored.countDocuments({ _id: 3 })).toBe(1);
    expect(proxy.reset()).toBeGreaterThanOrEqual(0);
    await expect.poll(() => notes.countDocuments({ _id: 3 })).toBe(1);
  });
});
