import { describe, expect, it } from "vitest";
import { imageOf, legacyDatabase } from "./legacy-database.ts";
import { run, runAll } from "./migrator-process.ts";
import { readOnlyMongo } from "./read-only-mongo.ts";

describe("a database user who may only read", () => {
  it("is enough for all that does not say --execute", async () => {
    await using legacy = await legacyDatabase("read-only");
    await using mongo = await readOnlyMongo();
    const reader = { uri: mongo.uri, database: legacy.database };
    const commands = [
      ["plan"],
      ["up"],
      ["status"],
      ["verify"],
      ["history"],
      ["parked"],
      ["purge"],
      ["rollback", "--to", "none"],
    ];
    const codes = (await runAll(reader, commands)).map(({ code }) => code);
    // Nothing has a key yet, which verify is there to find.
    expect(codes).toEqual([0, 0, 0, 5, 0, 0, 0, 0]);
    expect(mongo.refused()).toBe(0);
  });

  it("is refused with 3 and one clear message by up --execute, and nothing is written", async () => {
    await using legacy = await legacyDatabase("refused");
    await using mongo = await readOnlyMongo();
    const before = await imageOf(legacy);
    const { code, stdout, stderr } = await run({ uri: mongo.uri, database: legacy.database }, [
      "up",
      "--execute",
    ]);
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toMatch(
      /^migrator up: the migration cannot begin; nothing was written\n  - the database user may not .*\n$/,
    );
    expect(mongo.refused()).toBe(1);
    expect(await imageOf(legacy)).toEqual(before);
  });
});
