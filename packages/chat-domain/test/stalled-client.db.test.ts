import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { crashableMongo, crashableMongoMissing, databaseName, testMongo } from "@onechat/mongo/testing";
import { needs, until } from "@onechat/testing";
import { MongoClient } from "mongodb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ChatConnection, connect, reviveWhenStalled } from "../src/connect/index.ts";
import { createOrGetChat, ensureIndexes, findChat, listChats } from "../src/index.ts";
import { destroyIdleSocket, loseServerCheck } from "./stalled-driver.ts";

const noServerToCrash = await crashableMongoMissing(process.env);
const patienceMs = 60_000;

interface Timeouts {
  /** How long the driver may wait for a check of the server, and for the answer to a command. */
  readonly driverMs?: number;
  readonly deadlineMs?: number;
}

/** Checks of the server far apart, so that only the lost one counts. */
function open({ driverMs = patienceMs, deadlineMs = patienceMs }: Timeouts = {}): ChatConnection {
  const { uri } = testMongo();
  const timeouts = `connectTimeoutMS=${driverMs}&socketTimeoutMS=${driverMs}`;
  const patient = `serverSelectionTimeoutMS=${patienceMs}&waitQueueTimeoutMS=${patienceMs}`;
  const all = `${uri}${uri.includes("?") ? "&" : "?"}${timeouts}&${patient}&heartbeatFrequencyMS=600000`;
  return connect({ uri: all, database: databaseName("stalled"), deadlineMs });
}

/** The client is looked at every second of a clock that stands still: for as long as the driver may wait. */
function lookForAsLongAs(driverMs: number): void {
  vi.advanceTimersByTime(driverMs + 1_000);
}

/** One look more than the driver's own timeouts get. */
function lookTwice(): void {
  vi.advanceTimersByTime(2_000);
}

describe("a driver that waits for what no longer comes", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
  afterEach(() => void vi.useRealTimers());

  it("is connected anew when its check of the server was lost, and answers again", async () => {
    const driverMs = 2_000;
    await using connection = open({ driverMs });
    await connection.ping();
    const { client } = connection.db;
    const checks: string[] = [];
    client.on("serverHeartbeatStarted", () => checks.push("started"));
    client.on("serverHeartbeatSucceeded", () => checks.push("succeeded"));
    client.on("serverHeartbeatFailed", () => checks.push("failed"));
    await loseServerCheck(client);
    // The driver's own timeout, which does not come however long one waits.
    await sleep(driverMs + 500);
    expect(checks).toEqual(["started"]);
    const answered = once(client, "serverHeartbeatSucceeded");
    lookForAsLongAs(driverMs);
    lookTwice();
    await answered;
    await ensureIndexes(connection);
    expect(await createOrGetChat(connection, { participants: ["a", "b"] })).toMatchObject({ created: true });
  });

  it("gets a connection back that a lost command had taken", async () => {
    await using connection = open();
    await connection.ping();
    destroyIdleSocket(connection.db.client);
    const lost = listChats({ ...connection, deadlineMs: 100 }, { participant: "a" });
    await expect(lost).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(connection.pool().inUse).toBe(1);
    const answered = once(connection.db.client, "serverHeartbeatSucceeded");
    lookForAsLongAs(patienceMs);
    lookTwice();
    await answered;
    await connection.ping();
    expect(connection.pool().inUse).toBe(0);
  });

  it("does not stop callers for good, whatever was lost with the batch that was under way", async () => {
    await using connection = open({ deadlineMs: 500 });
    await until("the indexes", async () => {
      await ensureIndexes(connection);
      return true;
    });
    const chatOf = (...participants: string[]) => createOrGetChat(connection, { participants });
    await until("a first chat", () => chatOf("a", "b"));
    for (const friend of ["c", "d", "e"]) {
      destroyIdleSocket(connection.db.client);
      await Promise.allSettled([chatOf("a", friend)]);
    }
    const { chat } = await until("a call to be answered", () => chatOf("a", "f"));
    expect(await until("its chat", () => findChat(connection, { participants: ["a", "f"] }))).toEqual(chat);
  });

  it("is left alone while it waits no longer than it may", async () => {
    await using connection = open();
    await connection.ping();
    await loseServerCheck(connection.db.client);
    let closed = false;
    connection.db.client.once("topologyClosed", () => (closed = true));
    lookForAsLongAs(patienceMs);
    await connection.ping();
    expect(closed).toBe(false);
    lookTwice();
    await until("the client to be connected anew", () => closed);
  });

  it("ends when it is disposed of in the middle of being connected anew", async () => {
    const connection = open();
    await connection.ping();
    const { client } = connection.db;
    await loseServerCheck(client);
    const closed = once(client, "topologyClosed");
    lookForAsLongAs(patienceMs);
    lookTwice();
    await closed;
    await connection[Symbol.asyncDispose]();
    await expect(connection.ping()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it(
    "is connected anew when the database was away at its very first operation",
    needs(noServerToCrash),
    async () => {
      await using server = await crashableMongo(process.env);
      await server.kill();
      await using connection = connect({ uri: server.uri, database: "late" });
      const error: unknown = await connection.ping().catch((failure: unknown) => failure);
      expect(error).toMatchObject({ code: "UNAVAILABLE" });
      await server.restart();
      await until("the database to be found", async () => {
        lookTwice();
        await connection.ping();
        return true;
      });
    },
  );

  it("stays closed when its owner has closed it, whatever was under way", async () => {
    const client = new MongoClient(testMongo().uri);
    const reviving = reviveWhenStalled(client);
    await client.db("admin").command({ ping: 1 });
    const underWay = once(client, "connectionCheckedOut");
    destroyIdleSocket(client);
    void client
      .db("admin")
      .command({ ping: 1 })
      .catch(() => undefined);
    await underWay;
    await client.close();
    let opened = false;
    client.once("topologyOpening", () => (opened = true));
    lookForAsLongAs(10 * patienceMs);
    await reviving[Symbol.asyncDispose]();
    expect(opened).toBe(false);
  });
});
