import { existsSync } from "node:fs";
import { needs } from "@onechat/testing";
import { type Db, MongoClient, MongoServerError } from "mongodb";
import { describe, expect, it } from "vitest";
import type { MongoServer } from "../src/index.ts";
import { databaseName } from "../src/testing/index.ts";
import { engineMissing, openEngine } from "./embedded-engine.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const durable = { writeConcern: { w: "majority", journal: true } } as const;

interface Database extends AsyncDisposable {
  readonly db: Db;
}

function database(server: MongoServer, name = databaseName("embedded")): Database {
  const client = new MongoClient(server.uri);
  return { db: client.db(name), [Symbol.asyncDispose]: () => client.close() };
}

function dataFolder(server: MongoServer): string | undefined {
  return /data in (.+)$/.exec(server.description)?.[1];
}

describe("the embedded engine", needs(engineMissing), () => {
  it("answers the driver, says what it is, and claims only what it can do", async () => {
    await using server = await openEngine();
    await using mine = database(server);
    await mine.db.collection("chats").insertOne({ people: ["ann", "bob"] }, durable);
    expect(await mine.db.collection("chats").findOne({}, { readConcern: "majority" })).toMatchObject({
      people: ["ann", "bob"],
    });
    expect(server.description).toMatch(/^embedded engine \d+\.\d+/);
    expect(server.capabilities).toEqual({
      replicaSet: false,
      transactions: false,
      changeStreams: false,
      collMod: false,
      crash: true,
    });
    await expect(mine.db.command({ collMod: "chats" })).rejects.toThrow("collMod");
  });

  it("is recognized through MONGODB_URI as well, so that nothing is claimed that it cannot do", async () => {
    await using server = await openEngine();
    await using same = await openEngine({ provider: "uri", env: { MONGODB_URI: server.uri } });
    expect(same.capabilities).toEqual({ ...server.capabilities, crash: false });
  });

  it("lets a unique index decide races between connections", async () => {
    await using server = await openEngine();
    await using mine = database(server);
    const chats = mine.db.collection("chats");
    await chats.createIndex({ key: 1 }, { unique: true });
    const attempts = Array.from({ length: 50 }, () => chats.insertOne({ key: "same" }, durable));
    const outcomes = await Promise.allSettled(attempts);
    const errors = outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
    expect(errors).toHaveLength(49);
    expect(errors).toEqual(errors.map(() => expect.objectContaining({ code: 11_000 }) as unknown));
  });

  it.each(["startSession", "endSessions", "killSessions", "killAllSessions", "killAllSessionsByPattern"])(
    "survives %s",
    async (command) => {
      await using server = await openEngine();
      await using mine = database(server);
      const refused = mine.db.admin().command({ [command]: [] });
      await expect(refused).rejects.toThrow(MongoServerError);
      await expect(refused).rejects.toMatchObject({ code: 59 });
      expect(await mine.db.command({ ping: 1 })).toMatchObject({ ok: 1 });
    },
  );

  it("carries large documents and large batches both ways", async () => {
    await using server = await openEngine();
    await using mine = database(server);
    const large = mine.db.collection<{ _id: number; text: string }>("large");
    const text = "é".repeat(5 * 1024 * 1024);
    await large.insertOne({ _id: 1, text }, durable);
    expect((await large.findOne({ _id: 1 }))?.text).toBe(text);
    const many = Array.from({ length: 60_000 }, (_, number) => ({ number, padding: "x".repeat(500) }));
    const batch = mine.db.collection("many");
    expect((await batch.insertMany(many, durable)).insertedCount).toBe(60_000);
    const back = await batch.find({}, { batchSize: 50_000, readConcern: "majority" }).toArray();
    expect(new Set(back.map(({ number }) => number as unknown)).size).toBe(60_000);
  });

  it("keeps what it acknowledged through a kill and a restart, on the same address", async () => {
    await using server = await openEngine();
    await using mine = database(server);
    await mine.db.collection("chats").insertOne({ _id: 1 as never }, durable);
    await server.kill();
    await server.restart();
    await using again = database(server, mine.db.databaseName);
    expect(await again.db.collection("chats").countDocuments()).toBe(1);
    // The client from before the crash finds the engine again by itself.
    expect(await mine.db.collection("chats").countDocuments()).toBe(1);
  });

  it("can be restarted without being killed first, and many times", async () => {
    await using server = await openEngine();
    await using mine = database(server);
    for (let round = 1; round <= 3; round += 1) {
      await server.restart();
      await mine.db.collection("rounds").insertOne({ round }, durable);
      expect(await mine.db.collection("rounds").countDocuments()).toBe(round);
    }
  });

  it("keeps the data of a given folder, and nothing of any other", async () => {
    await using folder = await temporaryFolder();
    const dir = `${folder.path}/data`;
    const name = databaseName("kept");
    {
      await using server = await openEngine({ dir });
      expect(dataFolder(server)).toBe(dir);
      await using mine = database(server, name);
      await mine.db.collection("chats").insertOne({ kept: true });
    }
    expect(existsSync(dir)).toBe(true);
    await using server = await openEngine({ dir });
    await using mine = database(server, name);
    expect(await mine.db.collection("chats").countDocuments({ kept: true })).toBe(1);
  });

  it("refuses a folder that another engine has open, with the reason", async () => {
    await using folder = await temporaryFolder();
    await using server = await openEngine({ dir: folder.path });
    await expect(openEngine({ dir: folder.path })).rejects.toThrow(/did not open: .*(lock|in use|already)/i);
    await using mine = database(server);
    expect(await mine.db.command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  it("refuses a port that is taken, and names it", async () => {
    await using server = await openEngine();
    const port = Number(new URL(server.uri).port);
    await expect(openEngine({ port })).rejects.toThrow(`port ${port} of 127.0.0.1 cannot be used`);
  });

  it("stands still while it is paused", async () => {
    await using server = await openEngine();
    await using mine = database(server);
    await mine.db.command({ ping: 1 });
    server.pause();
    let answered = false;
    const ping = mine.db.command({ ping: 1 }).then(() => (answered = true));
    await new Promise((resolve) => void setTimeout(resolve, 200));
    expect(answered).toBe(false);
    server.resume();
    await ping;
    server.pause();
    await server.restart();
    expect(await mine.db.command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  it("says that a majority read shows nothing that a crash can take back", async () => {
    await using server = await openEngine();
    await using mine = database(server);
    const chats = mine.db.collection<{ _id: number }>("chats");
    const seen = new Set<number>();
    const writing = Array.from({ length: 400 }, (_, _id) =>
      chats.insertOne({ _id }, { writeConcern: { w: 1 } }),
    );
    for (let reads = 0; reads < 10; reads += 1) {
      for await (const { _id } of chats.find({}, { readConcern: "majority" })) seen.add(_id);
    }
    await server.kill();
    await Promise.allSettled(writing);
    await server.restart();
    const survivors = new Set((await chats.find().toArray()).map(({ _id }) => _id));
    expect([...seen].filter((id) => !survivors.has(id))).toEqual([]);
  });
});
