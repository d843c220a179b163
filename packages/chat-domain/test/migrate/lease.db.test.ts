import { setTimeout as sleep } from "node:timers/promises";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { type Db, MongoClient } from "mongodb";
import { afterAll, describe, expect, it } from "vitest";
import { type MigrationContext, migrationContext } from "../../src/migrate/index.ts";
import { acquireLease } from "../../src/migrate/run/lease.ts";
import { heldBack } from "./freezing-database.ts";
import { withResolvers } from "../with-resolvers.ts";

describe("a lease that is given back", () => {
  const client = new MongoClient(testMongo().uri);
  const db = client.db(databaseName("lease"));
  const options = { command: "up", onLocked: "fail", signal: new AbortController().signal } as const;

  afterAll(async () => {
    await db.dropDatabase();
    await client.close();
  });

  function contextOf(seen: Db): MigrationContext {
    return migrationContext(seen, { leaseMs: 90 });
  }

  it("stays given back when a heartbeat arrives after that", async () => {
    const arriving = withResolvers();
    const beating = withResolvers();
    let held = false;
    const slow = new Proxy(db, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function" || name !== "collection") return member;
        return (of: string) =>
          heldBack(db.collection(of), new Set(["findOneAndUpdate"]), async (send) => {
            if (held) {
              beating.resolve();
              await arriving.promise;
            }
            return send();
          });
      },
    });
    const lease = await acquireLease(contextOf(slow), options);
    held = true;
    await beating.promise;
    await lease[Symbol.asyncDispose]();
    arriving.resolve();
    await sleep(50);
    await using next = await acquireLease(contextOf(db), options);
    expect(next).toMatchObject({ takenOver: false, fence: 2 });
  });
});
