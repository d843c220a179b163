import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { wireProxy } from "@onechat/mongo/proxy";
import { until } from "@onechat/testing";
import { MongoClient } from "mongodb";
import { describe, expect, it } from "vitest";
import { connect, reviveWhenStalled } from "../src/connect/index.ts";

/** A way to the database on which nobody is answered until it is opened. */
async function closedWay() {
  const proxy = await wireProxy({ upstream: testMongo().uri });
  const closed = proxy.rule({
    commands: ["hello", "ismaster"],
    when: "before",
    times: "always",
    fault: "reset",
  });
  const uri = `${proxy.uri}&serverSelectionTimeoutMS=200`;
  return { uri, proxy, open: () => closed.lift() };
}

describe("a database that is not there when it is first asked", () => {
  it("is found when it comes up", async () => {
    const { uri, proxy, open } = await closedWay();
    await using _ = proxy;
    await using connection = connect({ uri, database: databaseName("late") });
    await expect(connection.ping()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    open();
    await until("the database to be found", async () => {
      await connection.ping();
      return true;
    });
    expect(connection.pool().open).toBeGreaterThan(0);
  });

  it("is not looked for any more by a client that its owner has closed meanwhile", async () => {
    const { uri, proxy } = await closedWay();
    await using _ = proxy;
    const client = new MongoClient(uri);
    await using __ = reviveWhenStalled(client);
    const asked = client.db("admin").command({ ping: 1 });
    await client.close();
    await expect(asked).rejects.toThrow("closed");
    const opened = once(client, "topologyOpening").then(() => "opened");
    expect(await Promise.race([opened, sleep(3_000, "closed")])).toBe("closed");
  });
});
