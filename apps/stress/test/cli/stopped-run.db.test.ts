import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { testMongo } from "@onechat/mongo/testing";
import { needs } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { readResult } from "../../src/measure/result-file.ts";
import { endOfProcesses, processesOf, procMissing } from "../processes-of.ts";
import { newDirectory, start } from "../stress-process.ts";

const long = ["run", "smoke", "--variant", "ours,naive", "--workload", "hot", "--procs", "2", "--repeats"];

describe("a run that is interrupted by Ctrl-C", needs(procMissing), () => {
  it("reports what it saw and leaves no process behind", async () => {
    const mark = randomUUID();
    const directory = newDirectory();
    const faults = ["--fault", "pool-starved", "--duration", "1m"];
    const running = start([...long, "1", ...faults, "--uri", testMongo().uri, "--out", directory], {
      STRESS_TEST: mark,
    });
    await running.said("pool-starved");
    expect(processesOf(mark).length).toBeGreaterThan(2);
    running.interrupt();
    const { code, stdout } = await running.ended;
    expect(code).toBe(105);
    expect(stdout).toMatch(/^INTERRUPTED: /m);
    const result = await readResult(directory);
    expect(result).toMatchObject({ verdict: "interrupted", anomalies: [] });
    expect(result.contention.length).toBeGreaterThan(0);
    expect(readFileSync(join(directory, "report.html"), "utf8")).toContain("interrupted");
    await endOfProcesses(mark);
  });
});
