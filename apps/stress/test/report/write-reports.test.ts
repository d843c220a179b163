import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stress } from "../../src/cli/program.ts";
import { writeReports } from "../../src/report/write-reports.ts";
import { readResult } from "../../src/measure/result-file.ts";
import { contention, emptyResult, latencySummary } from "./results.ts";
import { testHost } from "../test-host.ts";
import { passingRun } from "./synthetic-runs.ts";

let directory = "";
let page = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "stress-report-"));
  page = join(directory, "report.html");
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

const report = async (path: string): Promise<string> => {
  const host = testHost();
  return (await stress(["report", path], host)) === 0 ? host.written.out : host.written.err;
};

describe("the reports of a run", () => {
  it("are four files, of which the result can be read again", async () => {
    const { result, history } = passingRun();
    await writeReports(directory, result, history, null);
    expect((await readdir(directory)).toSorted()).toEqual([
      "junit.xml",
      "report.html",
      "result.json",
      "summary.md",
    ]);
    expect(await readResult(directory)).toEqual(result);
    expect(await readFile(page, "utf8")).toMatch(/^<!doctype html>/);
  });

  it("are written of a run that saw nothing, too", async () => {
    await writeReports(directory, emptyResult, null, null);
    expect(await readResult(directory)).toEqual(emptyResult);
  });

  it("keep figures that are no numbers", async () => {
    const result = {
      ...emptyResult,
      durationMs: Number.NaN,
      latencies: [latencySummary({ perSecond: Number.NaN })],
    };
    await writeReports(directory, result, null, null);
    expect(await readResult(directory)).toEqual(result);
  });

  it("add their summary to that of the step, up to what GitHub takes", async () => {
    const stepSummary = join(directory, "step.md");
    await writeFile(stepSummary, "from an earlier command\n");
    await writeReports(directory, emptyResult, null, stepSummary);
    const text = await readFile(stepSummary, "utf8");
    expect(text).toMatch(/^from an earlier command\n## ⚠️/);
    await writeFile(stepSummary, "x".repeat(1_024_000));
    await writeReports(directory, emptyResult, null, stepSummary);
    expect(await readFile(stepSummary, "utf8")).toHaveLength(1_024_000);
  });
});

describe("stress report", () => {
  it("writes the reports again from what a run left, without a history as well", async () => {
    const result = { ...emptyResult, contention: [contention()] };
    await writeReports(directory, result, null, null);
    const before = await readFile(page, "utf8");
    await rm(page);
    await report(directory);
    expect(await readFile(page, "utf8")).toBe(before);
  });

  it("reads the history beside it", async () => {
    await writeReports(directory, emptyResult, null, null);
    const header = { type: "history", version: 1, run: "r", seed: 1, profile: "ci", startedAt: "" };
    const register = { type: "register", key: "k", variant: "ours", path: "http", workload: "hot" };
    const people = { participants: ["a", "b"], scope: "", initial: [] };
    const call = {
      type: "op",
      op: 1,
      key: "k",
      kind: "ensure",
      process: "w0",
      intended: null,
      start: 0,
      end: 9,
    };
    const answer = { outcome: "ok", id: "the-only-chat", created: true, asked: null, error: null };
    const lines = [header, { ...register, ...people }, { ...call, ...answer }];
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    await writeFile(join(directory, "history.ndjson.gz"), gzipSync(text));
    await report(directory);
    expect(await readFile(page, "utf8")).toContain("the-only-chat");
  });

  it.each([
    [null, "result.json cannot be read: is this the directory of a run?"],
    ["{", "result.json is not the result of a run"],
    ['{"version": 2}', "result.json is not the result of a run:"],
  ])("says what is wrong with a result of %j", async (text, message) => {
    if (text !== null) await writeFile(join(directory, "result.json"), text);
    expect(await report(directory)).toContain(message);
  });

  it("are not lost when the step's summary cannot be written", async () => {
    const stepSummary = join(directory, "nowhere", "step.md");
    const { stepSummaryProblem } = await writeReports(directory, emptyResult, null, stepSummary);
    expect(stepSummaryProblem).toContain("ENOENT");
    expect(await readFile(page, "utf8")).toMatch(/^<!doctype html>/);
  });
});
