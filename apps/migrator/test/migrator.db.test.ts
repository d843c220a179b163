import { databaseName, testMongo } from "@onechat/mongo/testing";
import { describe, expect, it } from "vitest";
import { imageOf, legacyDatabase } from "./legacy-database.ts";
import { fileWith, legacyConfig, run, runAll, runHere, start } from "./migrator-process.ts";

const application = ["chats", "messages", "members"];

describe("the migrator, from plan to rollback", () => {
  it("plans without writing, migrates, finds nothing more to do, verifies, and undoes everything", async () => {
    await using legacy = await legacyDatabase("whole");
    const before = await imageOf(legacy);

    expect((await run(legacy, ["plan"])).code).toBe(0);
    expect(await runAll(legacy, [["plan"], ["plan", "--exit-code"], ["up"]])).toMatchObject([
      { code: 0, stdout: expect.stringMatching(new RegExp(`3 chats will be merged[^]*${legacy.survivor}`)) },
      { code: 4 },
      { code: 0, stdout: expect.stringContaining("Nothing was written. To do it:") },
    ]);
    expect(await imageOf(legacy)).toEqual(before);

    const up = await run(legacy, ["up", "--execute"]);
    expect([up.code, up.stdout]).toEqual([
      0,
      expect.stringContaining("duplicates merged into their survivor"),
    ]);
    const after = await imageOf(legacy);
    const more = [
      ["up", "--execute"],
      ["status", "--exit-code"],
      ["verify"],
      ["rollback", "--to", "none"],
      ["purge"],
    ];
    expect(await runAll(legacy, more)).toMatchObject([
      { code: 0, stdout: "Nothing to do\n" },
      { code: 0 },
      { code: 0 },
      { code: 0, stdout: expect.stringContaining("makes 3 duplicates a chat of its own again") },
      { code: 0, stdout: expect.stringContaining("would delete 3 settled duplicates") },
    ]);
    expect(await imageOf(legacy)).toEqual(after);

    const rollback = await run(legacy, ["rollback", "--to", "none", "--execute"]);
    expect([rollback.code, rollback.stdout]).toEqual([0, expect.stringContaining("the migration is undone")]);
    expect(await imageOf(legacy, application)).toEqual(before);
  });

  it("answers in JSON: lines while it runs, one object otherwise", async () => {
    await using legacy = await legacyDatabase("json", { broken: true });
    const up = await run(legacy, ["up", "--execute", "--json"]);
    const lines = up.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.every(({ v, ts }) => v === 1 && !Number.isNaN(Date.parse(String(ts))))).toBe(true);
    expect(lines.filter(({ event }) => event === "run.end")).toHaveLength(1);
    const id = lines.at(-1)?.["run"];
    expect(lines.at(-1)).toMatchObject({
      event: "run.end",
      exit: 6,
      outcome: "parked",
      summary: { parked: 1, counts: { merged: 3 } },
    });
    expect(lines).toContainEqual(expect.objectContaining({ event: "chat.parked", chat: legacy.broken }));
    expect(lines.filter(({ event }) => event === "phase.end").map(({ phase }) => phase)).toEqual([
      "index",
      "backfill",
      "merge",
      "settle",
    ]);

    const answers: readonly (readonly [readonly string[], Readonly<Record<string, unknown>>])[] = [
      [["plan"], { v: 1, command: "plan", exit: 6, pending: false }],
      [["status"], { exit: 0, journal: { settled: 3, parked: 1 }, lastRun: { _id: id } }],
      [["history", "--limit", "1"], { exit: 0, runs: [{ _id: id, state: "parked" }] }],
      [["parked"], { exit: 0, chats: [{ _id: legacy.broken }], more: false }],
      [["explain", legacy.duplicate], { exit: 0, standing: "tombstone", mergedInto: legacy.survivor }],
      [["verify"], { exit: 6, counts: { PARKED: 1 } }],
    ];
    const given = await runAll(
      legacy,
      answers.map(([args]) => [...args, "--json"]),
    );
    for (const [index, [, answer]] of answers.entries())
      expect(JSON.parse(given[index]?.stdout ?? "")).toMatchObject(answer);
  });
});

describe("the migrator, stopped", () => {
  it("lets one runner in at a time, stops at a checkpoint on SIGTERM, and goes on later", async () => {
    await using legacy = await legacyDatabase("sigterm", { chats: 20 });
    const first = start(legacy, ["up", "--execute", "--json", "--grace", "10m"]);
    await first.seen("progress");
    const second = await run(legacy, ["up", "--execute"]);
    expect([second.code, second.stdout, second.stderr]).toEqual([
      75,
      "",
      expect.stringContaining("another runner is at work"),
    ]);
    expect((await runHere(legacy, ["unlock"])).code).toBe(75);
    first.child.kill("SIGTERM");
    const { code, stdout } = await first.ended;
    expect(code).toBe(143);
    expect(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).toMatchObject({
      event: "run.end",
      exit: 143,
      outcome: "interrupted",
    });

    const later = await run(legacy, ["up", "--execute"]);
    expect([later.code, later.stderr]).toEqual([0, expect.stringContaining("going on where it stopped")]);
    expect((await runHere(legacy, ["verify"])).code).toBe(0);
  });

  it("obeys an operator from anywhere, and its own clock", async () => {
    await using legacy = await legacyDatabase("pause");
    expect((await runHere(legacy, ["pause", "--reason", "load is high"])).code).toBe(0);
    const paused = await runHere(legacy, ["up", "--execute"]);
    expect([paused.code, paused.stdout]).toEqual([7, expect.stringContaining("migrator resume")]);
    expect((await runHere(legacy, ["status"])).stdout).toMatch(/pause, by .*: load is high/);
    expect((await runHere(legacy, ["abort"])).code).toBe(0);
    const aborted = await runHere(legacy, ["up", "--execute"]);
    expect([aborted.code, aborted.stderr]).toEqual([1, expect.stringContaining("aborted by")]);
    expect((await runHere(legacy, ["resume"])).code).toBe(0);
    const outOfTime = await runHere(legacy, ["up", "--execute", "--max-runtime", "1ms"]);
    expect([outOfTime.code, outOfTime.stdout]).toEqual([7, expect.stringContaining("--max-runtime is over")]);
    expect((await runHere(legacy, ["up", "--execute"])).code).toBe(0);
  });
});

describe("the migrator refuses", () => {
  const nowhere = {
    uri: "mongodb://me:hunter22@127.0.0.1:1/?serverSelectionTimeoutMS=300",
    database: "none",
  };

  it("flags and files that it cannot use, with 2", async () => {
    const config = fileWith("bad.json", JSON.stringify({ ...legacyConfig, fold: { createdAt: "oldest" } }));
    const bad = await run(nowhere, ["up", "--config", config, "--batch", "none"]);
    expect([bad.code, bad.stdout]).toEqual([2, ""]);
    expect(bad.stderr).toMatch(/fold\.createdAt: .*\n.*--batch: /);
    const unknown = await run(nowhere, ["up", "--exceute"]);
    expect([unknown.code, unknown.stdout, unknown.stderr]).toEqual([
      2,
      "",
      expect.stringContaining("unknown option '--exceute'"),
    ]);
  });

  it("to go on without a database, with 1 and no secret", async () => {
    const uriFile = fileWith("uri.txt", `${nowhere.uri}\n`);
    const { code, stdout, stderr } = await run({ ...nowhere, uri: "" }, [
      "status",
      "--json",
      "--uri-file",
      uriFile,
    ]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ exit: 1, error: { code: "UNAVAILABLE" } });
    expect(stderr).toContain("the database at 127.0.0.1:1 does not answer");
    expect(stdout + stderr).not.toMatch(/hunter22|me:/);
  });

  it("a login that the server refuses, and repeats none of it", async () => {
    const uri = new URL(testMongo().uri);
    [uri.username, uri.password] = ["somebody", "hunter22"];
    const { code, stdout, stderr } = await run({ uri: uri.href, database: databaseName("login") }, ["plan"]);
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toContain("refuses the user or the password");
    expect(stderr).not.toMatch(/hunter22|somebody/);
  });

  it("a collection that is not there, with 3 and no counts of what was not looked at", async () => {
    await using legacy = await legacyDatabase("misspelt");
    const reference = { collection: "message", field: "chat" };
    const config = fileWith("misspelt.json", JSON.stringify({ ...legacyConfig, references: [reference] }));
    const plan = await run(legacy, ["plan", "--config", config]);
    expect([plan.code, plan.stdout]).toEqual([3, expect.stringContaining("there is no collection message")]);
    expect(plan.stdout).not.toMatch(/Chats that are unique|unique index/);
  });

  it("references without an index, with 3 and nothing written; a chat that nobody knows, with 1", async () => {
    await using legacy = await legacyDatabase("unindexed", { indexed: false });
    const before = await imageOf(legacy);
    const plan = await runHere(legacy, ["plan"]);
    expect([plan.code, plan.stdout]).toEqual([3, expect.stringContaining("messages.chat has no index")]);
    expect(plan.stdout).toContain("3 chats will be merged");
    const up = await runHere(legacy, ["up", "--execute"]);
    expect([up.code, up.stderr]).toEqual([3, expect.stringContaining("--create-reference-indexes")]);
    const unknown = await runHere(legacy, ["explain", "nobody"]);
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      expect.stringContaining("nothing is known of a chat nobody"),
    ]);
    expect(await imageOf(legacy)).toEqual(before);
  });
});
