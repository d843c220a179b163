import { describe, expect, it } from "vitest";
import { parseConfig } from "../src/config.ts";
import { migrator } from "../src/migrator.ts";
import type { Flags } from "../src/options.ts";
import { testHost } from "./test-host.ts";

const uri = "mongodb://db.example:27017";

function parsed(
  flags: Flags,
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
  command = "up",
): ReturnType<typeof parseConfig> {
  return parseConfig(command, flags, testHost({ MONGODB_URI: uri, ...env }, files));
}

function problemsOf(result: ReturnType<typeof parseConfig>): readonly string[] {
  return "problems" in result ? result.problems : [];
}

describe("configuration", () => {
  it("has a default for everything but the connection string", () => {
    expect(parsed({})).toMatchObject({
      config: {
        settings: { uri, database: "onechat", to: "settle", execute: false, grace: 5_000, onLocked: "fail" },
        model: {},
      },
    });
    expect(problemsOf(parsed({}, { MONGODB_URI: "" }))).toEqual([
      expect.stringMatching(/^MONGODB_URI: missing/),
    ]);
  });

  it("takes flags over variables over the file over defaults", () => {
    const files = { "a.json": '{"database": "of-file"}', "b.json": '{"database": "of-b"}' };
    const databaseOf = (flags: Flags, env: Readonly<Record<string, string>>): unknown => {
      const result = parsed(flags, env, files);
      return "config" in result ? result.config.settings.database : result.problems;
    };
    const env = { MIGRATOR_CONFIG: "a.json", MONGODB_DB: "of-env" };
    expect(databaseOf({ database: "of-flag" }, env)).toBe("of-flag");
    expect(databaseOf({}, env)).toBe("of-env");
    expect(databaseOf({}, { MIGRATOR_CONFIG: "a.json" })).toBe("of-file");
    expect(databaseOf({ config: "b.json" }, { MIGRATOR_CONFIG: "a.json" })).toBe("of-b");
    expect(parsed({ grace: "1s" }, { MIGRATOR_GRACE: "2s", MIGRATOR_BATCH: "7" })).toMatchObject({
      config: { settings: { grace: 1_000, batch: 7 } },
    });
  });

  it("says all that is wrong at once, each with its place", () => {
    const file = JSON.stringify({
      database: "",
      chats: { particpants: "users", scopeType: "text" },
      references: [{ collection: "messages", field: "chat" }, { collection: "members" }],
      fold: { updatedAt: "newest", latestMessage: { newestBy: 1 } },
    });
    const problems = problemsOf(
      parsed(
        { config: "c.json", batch: "0", maxRuntime: "50" },
        { MIGRATOR_MAX_LAG: "soon", MIGRATOR_ON_LOCKED: "hope", MONGODB_URI: "http://db" },
        { "c.json": file },
      ),
    );
    const places = [
      "c.json: database: ",
      "c.json: chats: ",
      "c.json: chats.scopeType: ",
      "c.json: references[1].field: ",
      "c.json: fold.updatedAt: ",
      "c.json: fold.latestMessage: newestBy",
      "--batch: ",
      "--max-runtime: ",
      "MIGRATOR_MAX_LAG: ",
      "MIGRATOR_ON_LOCKED: ",
      "MONGODB_URI: ",
    ];
    for (const place of places)
      expect(problems.filter((problem) => problem.startsWith(place))).toHaveLength(1);
    expect(problems).toHaveLength(places.length);
  });

  it.each([
    ["referencs", { referencs: [] }, "there are database, chats, references"],
    ["chats", { chats: { participant: "users" } }, "participants"],
    ["references", { references: [{ collection: "messages", field: "chat", onconflict: 1 }] }, "onConflict"],
    ["survivor", { chats: { survivor: [{ largest: "at" }] } }, "where, min, max"],
    ["database", { database: "a/b" }, 'c.json: database: "a/b" is no name of a database'],
    ["Extended JSON", { chats: { where: { tenant: { $oid: "short" } } } }, "24"],
    ["a date", { chats: { where: { at: { $gte: { $date: "2026-13-01" } } } } }, '{"$date": "2026-13-01"}'],
    ["a time with its zone", { chats: { where: { at: { $date: "2026-01-31T12:00:00" } } } }, "its zone"],
  ])("says what there is instead: %s", (_name, file, expected) => {
    const problems = problemsOf(parsed({ config: "c.json" }, {}, { "c.json": JSON.stringify(file) }));
    expect(problems).toEqual([expect.stringContaining(expected)]);
  });

  it("names the types of what is of none of them", () => {
    const files = { "a.json": '{"chats": {"participants": 5}}' };
    expect(problemsOf(parsed({ config: "a.json" }, {}, files))).toEqual([
      expect.stringMatching(/^a\.json: chats\.participants: .*expected string.*; or .*expected array/),
    ]);
  });

  it("that cannot be used is told to programs as JSON", async () => {
    const host = testHost({ MONGODB_URI: "" });
    expect(await migrator(["plan", "--config", "none.json", "--json"], host)).toBe(2);
    const problems = [expect.stringContaining("none.json"), expect.stringContaining("MONGODB_URI")];
    const error = { code: "USAGE", message: expect.any(String), problems };
    expect(JSON.parse(host.written.out)).toEqual({ v: 1, command: "plan", exit: 2, error });
  });

  it("names a file that cannot be read or understood, without quoting it", () => {
    expect(problemsOf(parsed({ config: "no.json" }))).toEqual(["--config no.json: cannot be read (ENOENT)"]);
    const secret = parsed({ config: "uri.txt" }, {}, { "uri.txt": "mongodb://me:hunter22@db" });
    expect(problemsOf(secret)).toEqual([expect.stringMatching(/^uri\.txt: is not JSON/)]);
    expect(problemsOf(secret).join()).not.toMatch(/mongodb|me:|hunter/);
  });

  it("reads the connection string from a file, which wins over the variable", () => {
    const files = { "uri.txt": "mongodb://me:hunter22@other\n", "bad.txt": "hunter22" };
    expect(parsed({ uriFile: "uri.txt" }, {}, files)).toMatchObject({
      config: { settings: { uri: "mongodb://me:hunter22@other" } },
    });
    const bad = problemsOf(parsed({ uriFile: "bad.txt" }, {}, files));
    expect(bad).toEqual([expect.stringMatching(/^--uri-file bad\.txt: starts with mongodb/)]);
    expect(problemsOf(parsed({ uriFile: "no.txt" }))).toEqual(["--uri-file no.txt: cannot be read (ENOENT)"]);
  });

  it("takes ids and dates in a filter as extended JSON", () => {
    const file = '{"chats": {"where": {"tenant": {"$oid": "65f0c0ffee0123456789abcd"}}}}';
    const result = parsed({ config: "c.json" }, {}, { "c.json": file });
    const where = "config" in result ? result.config.model.chats?.where : undefined;
    expect(where?.["tenant"]).toHaveProperty("_bsontype", "ObjectId");
  });

  it("refuses batch sizes that contradict each other, and lets a single one stand", () => {
    expect(problemsOf(parsed({ minBatch: "50", maxBatch: "10" }))).toEqual([
      "--min-batch 50 is more than --max-batch 10",
    ]);
    expect(problemsOf(parsed({ maxBatch: "5" }))).toEqual([]);
  });

  it("demands to know how far a rollback goes", () => {
    expect(problemsOf(parsed({}, {}, {}, "rollback"))).toEqual([expect.stringMatching(/^--to: say how far/)]);
    expect(problemsOf(parsed({ to: "seal" }, {}, {}, "rollback"))).toEqual([
      expect.stringMatching(/^--to: /),
    ]);
    expect(parsed({ to: "none" }, {}, {}, "rollback")).toMatchObject({
      config: { settings: { target: "none" } },
    });
  });
});
