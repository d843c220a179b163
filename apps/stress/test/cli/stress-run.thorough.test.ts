import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crashableMongo, crashableMongoMissing, testMongo } from "@onechat/mongo/testing";
import { MongoClient } from "mongodb";
import { describe, expect, it } from "vitest";
import { readResult } from "../../src/result/result-file.ts";
import { processesOf, remainingProcesses } from "../processes-of.ts";
import { newDirectory, run, start } from "../stress-process.ts";

const small = ["smoke", "--callers", "32", "--keys", "16", "--procs", "2", "--repeats", "1"];
const onTestMongo = (): readonly string[] => ["--uri", testMongo().uri];

describe("a small run", () => {
  it("speaks JSON, a line for everything, the result last", async () => {
    const { code, stdout, stderr } = await run([...small, "--json", ...onTestMongo()]);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly event: string });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(lines.at(-1)).toMatchObject({ event: "result", verdict: "pass" });
    expect(new Set(lines.map(({ event }) => event))).toEqual(new Set(["note", "step", "result"]));
  });

  it("goes over HTTP to real API processes, alone and in batches", async () => {
    const paths = ["--path", "http,http-batch", "--workload", "hot,pairs"];
    const { code, result } = await run([...small, ...paths, ...onTestMongo()]);
    expect(code).toBe(0);
    const ours = result?.contention.filter(({ variant }) => variant === "ours") ?? [];
    expect(new Set(ours.map(({ path }) => path))).toEqual(new Set(["http", "http-batch"]));
    expect(ours.every(({ contendedKeys }) => contendedKeys > 0)).toBe(true);
  });

  it("proves nothing without the naive control", async () => {
    const { code, result } = await run([...small, "--variant", "ours,raw", ...onTestMongo()]);
    expect(code).toBe(2);
    expect(result?.reasons.join()).toContain("the naive control did not run");
  });

  it("fails on a threshold that was missed, and says which", async () => {
    const claim = ["--threshold", "contention{variant:ours,workload:hot}: widest_overlap>5000"];
    const { code, stdout } = await run([...small, ...claim, ...onTestMongo()]);
    expect(code).toBe(99);
    expect(stdout).toMatch(/^THRESHOLD: /m);
    expect(stdout).toContain("threshold missed: contention{variant:ours,workload:hot}");
  });

  it("leaves nothing in the database, or everything if asked to", async () => {
    const client = new MongoClient(testMongo().uri);
    const leftBy = async (id = "no result"): Promise<readonly string[]> => {
      const { databases } = await client.db("admin").admin().listDatabases();
      return databases.map(({ name }) => name).filter((name) => name.startsWith(`stress_${id}_`));
    };
    const tidy = await run([...small, "--workload", "hot", ...onTestMongo()]);
    expect(tidy.result?.run).toBeTypeOf("string");
    expect(await leftBy(tidy.result?.run)).toEqual([]);
    const keeping = await run([...small, "--workload", "hot", "--keep-db", ...onTestMongo()]);
    const left = await leftBy(keeping.result?.run);
    expect(left.map((name) => name.replace(/^stress_.*_/, "")).toSorted()).toEqual([
      "mongoose",
      "naive",
      "ours",
      "raw",
    ]);
    for (const name of left) await client.db(name).dropDatabase();
    await client.close();
  });
});

const missing = await crashableMongoMissing(process.env);

describe.skipIf(missing !== null || process.platform !== "linux")(
  "a run that is stopped in the middle",
  () => {
    const long = ["smoke", "--path", "domain,http", "--workload", "hot", "--repeats", "1"];
    const pausing = ["--fault", "api-pause", "--duration", "8s"];

    it("by Ctrl-C, reports what it saw and leaves no process behind", async () => {
      const mark = randomUUID();
      const directory = newDirectory();
      const running = start(["run", ...long, ...pausing, "--out", directory], {
        MONGO_PROVIDER: "embedded",
        STRESS_TEST: mark,
      });
      await running.said("api-pause");
      running.interrupt();
      const { code, stdout } = await running.ended;
      expect(code).toBe(105);
      expect(stdout).toMatch(/^INTERRUPTED: /m);
      const result = await readResult(directory);
      expect(result).toMatchObject({ verdict: "interrupted", anomalies: [] });
      expect(result.contention.length).toBeGreaterThan(0);
      expect(readFileSync(join(directory, "report.html"), "utf8")).toContain("interrupted");
      expect(await remainingProcesses(mark)).toEqual([]);
    });

    it("by the end of its database, says so at once", async () => {
      await using mongo = await crashableMongo(process.env);
      const directory = newDirectory();
      const running = start([
        "run",
        "smoke",
        "--uri",
        mongo.uri,
        "--procs",
        "2",
        "--timeout",
        "1s",
        "--out",
        directory,
      ]);
      await running.said("burst");
      await mongo.kill();
      const { code, stdout } = await running.ended;
      expect(code).toBe(2);
      expect(stdout).toContain("the database has stopped to answer in the middle of the run");
      expect((await readResult(directory)).verdict).toBe("unknown");
    });

    it("by kill -9 while a process is frozen, leaves no process behind", async () => {
      const mark = randomUUID();
      const running = start(["run", ...long, ...pausing, "--out", newDirectory()], {
        MONGO_PROVIDER: "embedded",
        STRESS_TEST: mark,
      });
      await running.said("api-pause");
      expect(processesOf(mark).length).toBeGreaterThan(3);
      running.child.kill("SIGKILL");
      await running.ended;
      expect(await remainingProcesses(mark)).toEqual([]);
    });
  },
);
