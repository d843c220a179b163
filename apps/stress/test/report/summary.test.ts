import { describe, expect, it } from "vitest";
import { summaryMarkdown } from "../../src/report/summary.ts";
import { emptyResult } from "./results.ts";
import { failingRun, passingRun } from "./synthetic-runs.ts";

const roomy = 1_000_000;

describe("summary.md", () => {
  it("says what came of it, why, and how to have it again", () => {
    const text = summaryMarkdown(passingRun().result, roomy);
    expect(text).toMatch(/^## ✅ onechat stress ci: Pass\n/);
    expect(text).toContain("```sh\npnpm stress run ci --seed 7\n```");
    expect(text).toMatch(/\| ✓ met \| latency\{path:http,variant:ours\}: p\(99\)&lt;80 \| [\d.]+\u00A0ms \|/);
    expect(text).toContain(String.raw`| latency.p50 ours/ours (A/A) | hot http | 1.01 \[0.96, 1.05\] | 24 |`);
    expect(text).toMatch(/\| db-kill the database \| 3\.50\u00A0s \| 148 \| 1\.31\u00A0s \|/);
  });

  it("keeps every table a table, whatever texts hold", () => {
    const text = summaryMarkdown(failingRun().result, roomy);
    const rows = text.split("\n").filter((line) => line.startsWith("| LEAKED"));
    expect(rows).toHaveLength(1);
    expect(rows[0]?.replaceAll(String.raw`\|`, "").match(/\|/g)).toHaveLength(5);
    expect(text).not.toContain("<script");
    expect(text).not.toContain("<img");
  });

  it("is all there is of a run without figures", () => {
    const text = summaryMarkdown(emptyResult, roomy);
    expect(text).toContain("⚠️ onechat stress ci: Interrupted");
    expect(text).not.toContain("###");
  });

  it("drops its last sections rather than be longer than allowed", () => {
    const { result } = failingRun();
    const whole = summaryMarkdown(result, roomy);
    expect(whole).toContain("### Latency");
    const cut = summaryMarkdown(result, whole.length - 100);
    expect(cut).toContain("### Anomalies");
    expect(cut).not.toContain("### Latency");
    expect(cut).toMatch(/the rest is in the report\n$/);
    expect(Buffer.byteLength(cut)).toBeLessThan(whole.length - 100);
    expect(summaryMarkdown(result, 10)).toBe("");
  });

  it("fences a command that has backticks", () => {
    expect(summaryMarkdown({ ...emptyResult, reproduce: "echo ```" }, roomy)).toContain(
      "````sh\necho ```\n````",
    );
  });

  it("shows a hundred of very many anomalies", () => {
    const { result } = failingRun();
    const [anomaly] = result.anomalies;
    const many = { ...result, anomalies: anomaly === undefined ? [] : Array(5_000).fill(anomaly) };
    const text = summaryMarkdown(many, roomy);
    expect(text).toContain("… and 4\u202F900 more");
    expect(text.length).toBeLessThan(100_000);
  });
});
