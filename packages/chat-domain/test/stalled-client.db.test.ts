import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { MongoClient } from "mongodb";
import { describe, expect, it } from "vitest";
import { type ChatConnection, connect, reviveWhenStalled } from "../src/connect/index.ts";
import { createOrGetChat, ensureIndexes } from "../src/index.ts";
import { destroyIdleSocket, loseServerCheck } from "./stalled-driver.ts";

/** Short timeouts, so that patience ends soon; heartbeats far apart, so that only the lost one counts. */
function open(options = "connectTimeoutMS=200&socketTimeoutMS=200"): ChatConnection {
  const { uri } = testMongo();
  const all = `${uri}${uri.includes("?") ? "&" : "?"}${options}&heartbeatFrequencyMS=60000`;
  return connect({ uri: all, database: databaseName("stalled"), deadlineMs: 500 });
}

describe.concurrent("a driver that waits for what no longer comes", () => {
  it("is connected anew when its check of the server was lost, and answers again", async () => {
    await using connection = open();
    await connection.ping();
    const { client } = connection.db;
    const checks: string[] = [];
    client.on("serverHeartbeatStarted", () => checks.push("started"));
    client.on("serverHeartbeatSucceeded", () => checks.push("succeeded"));
    await loseServerCheck(client);
    await sleep(1_000);
    expect(checks).toEqual(["started"]);
    await once(client, "serverHeartbeatSucceeded");
    await ensureIndexes(connection);
    expect(await createOrGetChat(connection, { participants: ["a", "b"] })).toMatchObject({ created: true });
  }, 20_000);

  it("gets a connection back that a lost command had taken", async () => {
    await using connection = open();
    await connection.ping();
    destroyIdleSocket(connection.db.client);
    await expect(connection.ping()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(connection.pool().inUse).toBe(1);
    await once(connection.db.client, "serverHeartbeatSucceeded");
    await connection.ping();
    expect(connection.pool().inUse).toBe(0);
  }, 20_000);

  it("does not stop callers for good, whatever was lost with the batch that was under way", async () => {
    await using connection = open("socketTimeoutMS=60000");
    await ensureIndexes(connection);
    await createOrGetChat(connection, { participants: ["a", "b"] });
    for (const people of [
      ["a", "c"],
      ["a", "d"],
      ["a", "e"],
    ]) {
      destroyIdleSocket(connection.db.client);
      await Promise.allSettled([createOrGetChat(connection, { participants: people })]);
    }
    expect(await createOrGetChat(connection, { participants: ["a", "f"] })).toMatchObject({ created: true });
  }, 20_000);

  it("is left alone while it waits no longer than it may", async () => {
    await using connection = open("connectTimeoutMS=60000&socketTimeoutMS=60000");
    await connection.ping();
    await loseServerCheck(connection.db.client);
    const closed = once(connection.db.client, "topologyClosed").then(() => "closed");
    expect(await Promise.race([closed, sleep(4_000, "left alone")])).toBe("left alone");
  }, 20_000);

  it("ends when it is disposed of in the middle of being connected anew", async () => {
    const connection = open();
    await connection.ping();
    const { client } = connection.db;
    await loseServerCheck(client);
    await once(client, "topologyClosed");
    await connection[Symbol.asyncDispose]();
    await expect(connection.ping()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  }, 20_000);

  it("stays closed when its owner has closed it, whatever was under way", async () => {
    const client = new MongoClient(testMongo().uri, { connectTimeoutMS: 200, socketTimeoutMS: 200 });
    await using _ = reviveWhenStalled(client);
    await client.db("admin").command({ ping: 1 });
    destroyIdleSocket(client);
    void client.db("admin").command({ ping: 1 });
    await sleep(100);
    await client.close();
    const opened = once(client, "topologyOpening").then(() => "opened");
    expect(await Promise.race([opened, sleep(5_000, "closed")])).toBe("closed");
  }, 20_000);
});
