import { databaseName, testMongo } from "@onechat/mongo/testing";
import { describe, expect, it } from "vitest";
import { legacyDatabase } from "./legacy-database.ts";
import { type Ended, fileWith, legacyConfig, run } from "./migrator-process.ts";

/** A connection string may name the database; nobody is to migrate another one by mistake. */
function uriOf(database: string): string {
  const uri = new URL(testMongo().uri);
  uri.pathname = `/${database}`;
  return uri.href;
}

function configNaming(database: string): string {
  return fileWith(`${database}.json`, JSON.stringify({ ...legacyConfig, database }));
}

function plan(uri: string, database: string, ...more: readonly string[]): Promise<Ended> {
  return run({ uri, database }, ["plan", ...more]);
}

describe("the database in the connection string", () => {
  it("is the one that is migrated", async () => {
    await using legacy = await legacyDatabase("path");
    const { code, stdout } = await plan(uriOf(legacy.database), "");
    expect([code, stdout]).toEqual([0, expect.stringContaining(`Database ${legacy.database}:`)]);
    expect(stdout).toContain("3 chats will be merged");
    const up = await run({ uri: uriOf(legacy.database), database: "" }, ["up", "--execute"]);
    expect(up.code).toBe(0);
    expect(await legacy.db.collection("chats").countDocuments({ mergedInto: { $exists: true } })).toBe(3);
  });

  it("may be named once more", async () => {
    await using legacy = await legacyDatabase("twice");
    const uri = uriOf(legacy.database);
    expect(await plan(uri, legacy.database)).toMatchObject({ code: 0 });
    expect(await plan(uri, "", "--config", configNaming(legacy.database))).toMatchObject({ code: 0 });
    expect(await plan(uri, "", "--database", legacy.database)).toMatchObject({ code: 0 });
  });

  it("is refused where MONGODB_DB, --database or the configuration names another, with both names and no secret", async () => {
    const [shop, other] = [databaseName("shop"), databaseName("other")];
    const uri = new URL(uriOf(shop));
    [uri.username, uri.password] = ["somebody", "hunter22"];
    const refused = await Promise.all([
      plan(uri.href, other),
      plan(uri.href, "", "--database", other),
      plan(uri.href, "", "--config", configNaming(other)),
    ]);
    for (const { code, stdout, stderr } of refused) {
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(shop);
      expect(stderr).toContain(other);
      expect(stderr).not.toMatch(/hunter22|somebody/);
    }
  });

  it("that is written with escapes or beside several hosts is read as the driver reads it", async () => {
    const { host } = new URL(testMongo().uri);
    const database = databaseName("escaped");
    const escaped = `mongodb://${host},${host}/${database.replaceAll("_", "%5F")}?directConnection=false`;
    const { code, stderr } = await plan(escaped, "another");
    expect([code, stderr]).toEqual([2, expect.stringContaining(database)]);
  });
});
