import { databaseName, testMongo } from "@onechat/mongo/testing";
import { MongoClient } from "mongodb";
import { afterAll, describe, expect, it } from "vitest";
import { migrationContext, rollBack } from "../../src/migrate/index.ts";
import { acquireLease } from "../../src/migrate/run/lease.ts";
import { heldBack } from "./freezing-database.ts";
import { withResolvers } from "../with-resolvers.ts";

describe("a lease that is given back", () => {
  const client = new MongoClient(testMongo().uri);
  const db = client.db(databaseName("lease"));
  const ctx = migrationContext(db, { leaseMs: 90 });
  const options = { command: "up", onLocked: "fail", signal: new AbortController().signal } as const;

  afterAll(async () => {
    await db.dropDatabase();
    await client.close();
  });

  it("stays given back when a heartbeat arrives after that", async () => {
    const arriving = withResolvers();
    const beating = withResolvers();
    let held = false;
    const heartbeats: Promise<unknown>[] = [];
    const arrival = async (send: () => unknown): Promise<unknown> => {
      beating.resolve();
      await arriving.promise;
      return send();
    };
    const locks = heldBack(ctx.records.locks, new Set(["findOneAndUpdate"]), async (send) => {
      if (!held) return send();
      const heartbeat = arrival(send);
      heartbeats.push(heartbeat);
      return heartbeat;
    });
    const lease = await acquireLease({ ...ctx, records: { ...ctx.records, locks } }, options);
    held = true;
    await beating.promise;
    await lease[Symbol.asyncDispose]();
    arriving.resolve();
    await Promise.all(heartbeats);
    await using next = await acquireLease(ctx, options);
    expect(next).toMatchObject({ takenOver: false, fence: 2 });
  });

  it("is not overlooked by a rollback while its runner has written nothing yet", async () => {
    await db.createCollection("chats");
    await using _lease = await acquireLease(ctx, options);
    await expect(rollBack(ctx, { to: "none" })).rejects.toMatchObject({ code: "LOCKED" });
  });
});
