import { describe, expect, it } from "vitest";
import { testMongo } from "@onechat/mongo/testing";
import { connect } from "../src/connect/index.ts";
import { createOrGetChat, findChat } from "../src/index.ts";

describe("connect", () => {
  it("answers UNAVAILABLE within its deadline when the database is down", async () => {
    // The driver by itself would look for a server for two seconds.
    await using down = connect({ uri: "mongodb://127.0.0.1:9/", deadlineMs: 200 });
    const beforeDeadline = {
      code: "UNAVAILABLE",
      message: "no answer from the database within 200 ms; try again",
    };
    await expect(down.ping()).rejects.toMatchObject(beforeDeadline);
    await expect(createOrGetChat(down, { participants: ["a"] })).rejects.toMatchObject(beforeDeadline);
    await expect(findChat(down, { participants: ["a"] })).rejects.toMatchObject(beforeDeadline);
  });

  it("lets the connection string decide about pool, timeouts and name", () => {
    const connection = connect({ uri: "mongodb://127.0.0.1:9/?maxpoolsize=3&appName=mine" });
    const { maxPoolSize, appName, waitQueueTimeoutMS } = connection.db.client.options;
    expect({ maxPoolSize, appName, waitQueueTimeoutMS }).toEqual({
      maxPoolSize: 3,
      appName: "mine",
      waitQueueTimeoutMS: 2_000,
    });
  });

  it("works in the database that the connection string names, unless another one is given", () => {
    const inShop = "mongodb://127.0.0.1:9/shop?w=1";
    expect(connect({ uri: inShop }).db.databaseName).toBe("shop");
    expect(connect({ uri: inShop, database: "app" }).db.databaseName).toBe("app");
    expect(connect({ uri: "mongodb://127.0.0.1:9/" }).db.databaseName).toBe("onechat");
    expect(() => connect({ uri: "mongodb://127.0.0.1:9/admin" })).toThrow(TypeError);
  });

  it("asks for majority and journal whatever the connection string says", () => {
    const connection = connect({ uri: "mongodb://127.0.0.1:9/?w=1&journal=false&readConcernLevel=local" });
    expect(connection.chats.writeConcern).toMatchObject({ w: "majority", journal: true });
    expect(connection.chats.readConcern).toMatchObject({ level: "majority" });
    expect(connection.chats.readPreference?.mode).toBe("primary");
  });

  it("knows how many connections are open, and gives each back", async () => {
    await using connection = connect({ uri: testMongo().uri });
    expect(connection.pool()).toEqual({ open: 0, inUse: 0, waiting: 0 });
    await Promise.all(Array.from({ length: 20 }, () => connection.ping()));
    expect(connection.pool()).toEqual({ open: expect.any(Number), inUse: 0, waiting: 0 });
    expect(connection.pool().open).toBeGreaterThan(0);
  });

  it("ends its connections when it is disposed of", async () => {
    const connection = connect({ uri: testMongo().uri });
    await connection.ping();
    await connection[Symbol.asyncDispose]();
    await expect(connection.ping()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});
