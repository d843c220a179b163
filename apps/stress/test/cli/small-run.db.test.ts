import { existsSync } from "node:fs";
import { join } from "node:path";
import { testMongo } from "@onechat/mongo/testing";
import { MongoClient } from "mongodb";
import { describe, expect, it } from "vitest";
import { run, sharedBetweenTests, start } from "../stress-process.ts";

// A run takes its time mostly to start processes: each of these is a run that several tests look at.

const small = ["smoke", "--callers", "32", "--keys", "8", "--repeats", "1"];
const onTestMongo = (): readonly string[] => ["--uri", testMongo().uri];

describe("a small run", () => {
  const passing = sharedBetweenTests(() =>
    run([...small, "--procs", "2", "--workload", "hot,pairs", "--seed", "5", ...onTestMongo()]),
  );

  it("passes, and says what it found and what it rests on", async () => {
    const { code, stdout, result } = await passing();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^PASS: /m);
    expect(stdout).toMatch(
      /32 concurrent operations on one pair: one id and one document in \d+ ms \(mongoose/,
    );
    expect(stdout).toMatch(/control naive breaks, as it must: SPLIT_ID/);
    expect(stdout).toContain("onechat-stress run smoke --seed 5");
    expect(result).toMatchObject({ verdict: "pass", seed: 5, anomalies: [] });
    expect(result?.contention.filter(({ variant }) => variant === "ours")).toEqual(
      expect.arrayContaining([expect.objectContaining({ workload: "hot", contendedKeys: 1 })]),
    );
  });

  it("leaves what can be checked and reported again", async () => {
    const { directory } = await passing();
    const files = ["result.json", "junit.xml", "summary.md", "report.html"];
    expect(files.filter((file) => !existsSync(join(directory, file)))).toEqual([]);
    const again = [start(["check", join(directory, "history.ndjson.gz")]), start(["report", directory])];
    const codes = await Promise.all(again.map(async ({ ended }) => (await ended).code));
    expect(codes).toEqual([0, 0]);
  });
});

describe("a small run over HTTP", () => {
  const overHttp = sharedBetweenTests(() => {
    const load = ["--path", "http,http-batch", "--variant", "ours,naive", "--workload", "hot,pairs"];
    return run([...small, ...load, "--procs", "2", "--json", ...onTestMongo()]);
  });

  it("asks real API processes, alone and in batches", async () => {
    const { code, result } = await overHttp();
    expect(code).toBe(0);
    const ours = result?.contention.filter(({ variant }) => variant === "ours") ?? [];
    expect(new Set(ours.map(({ path }) => path))).toEqual(new Set(["http", "http-batch"]));
    expect(ours.every(({ contendedKeys }) => contendedKeys > 0)).toBe(true);
  });

  it("speaks JSON if asked to, a line for everything, the result last", async () => {
    const { stdout, stderr } = await overHttp();
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly event: string });
    expect(stderr).toBe("");
    expect(lines.at(-1)).toMatchObject({ event: "result", verdict: "pass" });
    expect(new Set(lines.map(({ event }) => event))).toEqual(new Set(["note", "step", "result"]));
  });
});

describe("a run that does not pass", () => {
  const one = [...small, "--workload", "hot", "--procs", "1"];
  const missing = sharedBetweenTests(() => {
    const claim = ["--threshold", "contention{variant:ours,workload:hot}: widest_overlap>5000"];
    return run([...one, "--variant", "ours,naive", ...claim, ...onTestMongo()]);
  });
  const uncontrolled = sharedBetweenTests(() =>
    run([...one, "--variant", "ours,raw", "--keep-db", ...onTestMongo()]),
  );

  it("says which threshold was missed", async () => {
    const { code, stdout } = await missing();
    expect(code).toBe(99);
    expect(stdout).toMatch(/^THRESHOLD: /m);
    expect(stdout).toContain("threshold missed: contention{variant:ours,workload:hot}");
  });

  it("says that it proves nothing without the naive control", async () => {
    const { code, result } = await uncontrolled();
    expect(code).toBe(2);
    expect(result?.reasons.join()).toContain("the naive control did not run");
  });

  it("leaves nothing in the database, or everything if asked to", async () => {
    await using client = new MongoClient(testMongo().uri);
    const leftBy = async (id = "no result"): Promise<readonly string[]> => {
      const { databases } = await client.db("admin").admin().listDatabases();
      return databases.map(({ name }) => name).filter((name) => name.startsWith(`stress_${id}_`));
    };
    const [tidy, keeping] = [(await missing()).result?.run, (await uncontrolled()).result?.run];
    expect(tidy).toBeTypeOf("string");
    expect(await leftBy(tidy)).toEqual([]);
    const left = await leftBy(keeping);
    expect(left.map((name) => name.replace(/^stress_.*_/, "")).toSorted()).toEqual(["naive", "ours", "raw"]);
    for (const name of left) await client.db(name).dropDatabase();
  });

  it("is not written over by a later one", async () => {
    const { directory } = await missing();
    const { code, stderr } = await start(["run", ...one, "--out", directory, ...onTestMongo()]).ended;
    expect(code).toBe(104);
    expect(stderr).toContain("holds the results of a run");
  });
});
