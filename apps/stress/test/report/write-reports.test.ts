import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { report } from "../../src/commands/report.ts";
import { writeReports } from "../../src/report/write-reports.ts";
import { readResult } from "../../src/result/result-file.ts";
import { contention, emptyResult, latencySummary } from "./results.ts";
import { passingRun } from "./synthetic-runs.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "stress-report-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

const nowhere = { stepSummary: null };

describe("the reports of a run", () => {
  it("are four files, of which the result can be read again", async () => {
    const { result, history } = passingRun();
    const files = await writeReports(directory, result, history, nowhere);
    expect((await readdir(directory)).toSorted()).toEqual([
      "junit.xml",
      "report.html",
      "result.json",
      "summary.md",
    ]);
    expect(await readResult(directory)).toEqual(result);
    expect(await readFile(files.html, "utf8")).toMatch(/^<!doctype html>/);
  });

  it("are written of a run that saw nothing, too", async () => {
    await writeReports(directory, emptyResult, null, nowhere);
    expect(await readResult(directory)).toEqual(emptyResult);
  });

  it("keep figures that are no numbers", async () => {
    const result = {
      ...emptyResult,
      durationMs: Number.NaN,
      latencies: [latencySummary({ perSecond: Number.NaN })],
    };
    await writeReports(directory, result, null, nowhere);
    expect(await readResult(directory)).toEqual(result);
  });

  it("add their summary to that of the step, up to what GitHub takes", async () => {
    const stepSummary = join(directory, "step.md");
    await writeFile(stepSummary, "from an earlier command\n");
    await writeReports(directory, emptyResult, null, { stepSummary });
    const text = await readFile(stepSummary, "utf8");
    expect(text).toMatch(/^from an earlier command\n## ⚠️/);
    await writeFile(stepSummary, "x".repeat(1_024_000));
    await writeReports(directory, emptyResult, null, { stepSummary });
    expect(await readFile(stepSummary, "utf8")).toHaveLength(1_024_000);
  });
});

describe("stress report", () => {
  it("writes the reports again from what a run left, without a history as well", async () => {
    const result = { ...emptyResult, contention: [contention()] };
    const files = await writeReports(directory, result, null, nowhere);
    const before = await readFile(files.html, "utf8");
    await rm(files.html);
    await report(directory, nowhere);
    expect(await readFile(files.html, "utf8")).toBe(before);
  });

  it("reads the history beside it", async () => {
    await writeReports(directory, emptyResult, null, nowhere);
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
    const files = await report(directory, nowhere);
    expect(await readFile(files.html, "utf8")).toContain("the-only-chat");
  });

  it.each([
    [null, "result.json cannot be read: is this the directory of a run?"],
    ["{", "result.json is not JSON: it may have been cut short"],
    ['{"version": 2}', "result.json is not the result of a run:"],
  ])("says what is wrong with a result of %j", async (text, message) => {
    if (text !== null) await writeFile(join(directory, "result.json"), text);
    await expect(report(directory, nowhere)).rejects.toThrow(message);
  });

  it("are not lost when the step's summary cannot be written", async () => {
    const stepSummary = join(directory, "nowhere", "step.md");
    const files = await writeReports(directory, emptyResult, null, { stepSummary });
    expect(files.stepSummaryProblem).toContain("ENOENT");
    expect(await readFile(files.html, "utf8")).toMatch(/^<!doctype html>/);
  });
});
