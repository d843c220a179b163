import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { testMongo } from "@onechat/mongo/testing";
import { describe, expect, it } from "vitest";
import { newDirectory, run, start } from "../stress-process.ts";

const small = ["smoke", "--callers", "32", "--keys", "16", "--procs", "2", "--repeats", "1"];
const onTestMongo = (): readonly string[] => ["--uri", testMongo().uri];

describe("a small run", () => {
  it("passes, says what it found, and leaves what can be checked and reported again", async () => {
    const { code, stdout, directory, result } = await run([...small, "--seed", "5", ...onTestMongo()]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^PASS: /m);
    expect(stdout).toMatch(
      /32 concurrent operations on one pair: one id and one document in \d+ ms \(mongoose/,
    );
    expect(stdout).toMatch(/control naive: SPLIT_ID/);
    expect(stdout).toContain("npm run stress -- run smoke --seed 5");
    expect(result).toMatchObject({ verdict: "pass", seed: 5, anomalies: [] });
    expect(result?.contention.filter(({ variant }) => variant === "ours")).toEqual(
      expect.arrayContaining([expect.objectContaining({ workload: "hot", contendedKeys: 1 })]),
    );
    const checked = await start(["check", join(directory, "history.ndjson.gz")]).ended;
    expect(checked.code).toBe(0);
    const reported = await start(["report", directory]).ended;
    expect(reported.code).toBe(0);
    for (const file of ["result.json", "junit.xml", "summary.md", "report.html"])
      expect(existsSync(join(directory, file))).toBe(true);
  });
});

describe("the doctor", () => {
  it("finds everything that a run needs", async () => {
    const { code, stdout } = await start(["doctor", ...onTestMongo()]).ended;
    expect(code).toBe(0);
    for (const what of ["database", "unique index", "calling process", "API process"])
      expect(stdout).toMatch(new RegExp(`^ok +${what} `, "m"));
  });

  it("says what is missing", async () => {
    const { code, stdout } = await start(["doctor", "--uri", "mongodb://127.0.0.1:1/"]).ended;
    expect(code).toBe(2);
    expect(stdout).toMatch(/^missing +database +the database at 127\.0\.0\.1:1 does not answer/m);
  });
});

describe("a run that cannot begin", () => {
  it("says that the database does not answer", async () => {
    const { code, stderr, directory } = await run([...small, "--uri", "mongodb://me:secret@127.0.0.1:1/"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^nothing was run: the database at 127\.0\.0\.1:1 does not answer/m);
    expect(stderr).not.toContain("secret");
    expect(existsSync(directory)).toBe(false);
  });

  it("says that there is no database on this machine", async () => {
    const { code, stderr } = await run(small, { MONGO_PROVIDER: "mongod", PATH: "/nowhere" });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^nothing was run: .*mongod/m);
  });

  it("says which port is in use", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, stderr } = await run([
      ...small,
      "--path",
      "http",
      "--port",
      String(port),
      ...onTestMongo(),
    ]);
    taken.close();
    expect(code).toBe(104);
    expect(stderr).toContain(`port ${port} of 127.0.0.1 is in use`);
  });

  it("does not write over an earlier run", async () => {
    const directory = newDirectory();
    const again = ["run", ...small, "--workload", "hot", "--out", directory, ...onTestMongo()];
    expect((await start(again).ended).code).toBe(0);
    const { code, stderr } = await start(again).ended;
    expect(code).toBe(104);
    expect(stderr).toContain("holds the results of a run");
  });

  it("says that its directory cannot be made", async () => {
    const { code, stderr } = await start(["run", ...small, "--out", "/dev/null/x", ...onTestMongo()]).ended;
    expect(code).toBe(104);
    expect(stderr).toContain("--out /dev/null/x: cannot be made");
  });
});
