import { needs } from "@onechat/testing";
import { MongoClient } from "mongodb";
import { describe, expect, it } from "vitest";
import { databaseName, testMongo } from "../src/testing/index.ts";

describe("the MongoDB of a test run", () => {
  it("is there, and says what it is", async () => {
    const { uri, provider, capabilities } = testMongo();
    const client = new MongoClient(uri);
    expect(await client.db("admin").command({ ping: 1 })).toMatchObject({ ok: 1 });
    await client.close();
    expect(["uri", "testcontainers", "mongod", "embedded", "download"]).toContain(provider);
    expect(Object.values(capabilities).every((has) => typeof has === "boolean")).toBe(true);
  });

  const noTransactions = testMongo().capabilities.transactions
    ? null
    : "the MongoDB of this run has no transactions; a container runtime or a mongod gives one that has";
  it("has the transactions that it claims", needs(noTransactions), async () => {
    const client = new MongoClient(testMongo().uri);
    const notes = client.db(databaseName("transactions")).collection("notes");
    await client.withSession((session) => session.withTransaction(() => notes.insertOne({}, { session })));
    expect(await notes.countDocuments()).toBe(1);
    await client.db(notes.dbName).dropDatabase();
    await client.close();
  });

  it("gives every caller a database name of its own that the server takes", () => {
    const names = ["race", "a/b c.$*", "", "x".repeat(500), "日本"].flatMap((label) => [
      databaseName(label),
      databaseName(label),
    ]);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,63}$/);
  });
});
