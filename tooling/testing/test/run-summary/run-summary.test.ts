import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { startVitest, type TestUserConfig } from "vitest/node";
import { runSummary } from "../../src/run-summary/index.ts";

const root = fileURLToPath(new URL("runs", import.meta.url));

/** What a run of these files ends with. */
async function lastLines(files: readonly string[], options: TestUserConfig = {}): Promise<readonly string[]> {
  const printed: string[] = [];
  const reporters = [runSummary((text) => void printed.push(text))];
  const exitCode = process.exitCode;
  const vitest = await startVitest("test", [], {
    root,
    config: false,
    watch: false,
    include: [...files],
    reporters,
    ...options,
  });
  await vitest.close();
  process.exitCode = exitCode;
  return printed.join("\n").trim().split("\n");
}

describe("the last lines of a run", () => {
  it("name what was skipped and why, what failed, how and on what machine, and end with the numbers", async () => {
    const lines = await lastLines(["mixed.run.ts"]);
    expect(lines.slice(0, 5)).toEqual([
      "skipped: 1 test: it is no full moon",
      "  mixed.run.ts > notices by itself what it needs",
      "skipped: 3 tests: there is no orchestra; to have these tests run: hire one",
      "  mixed.run.ts > needs something",
      "  mixed.run.ts > a suite that needs something (2 tests)",
    ]);
    const load = String.raw`load \d+\.\d on \d+ cores`;
    expect(lines.slice(5)).toEqual([
      "failed: mixed.run.ts > waits in vain",
      expect.stringMatching(
        new RegExp(String.raw`^  waited \d\.\d s for the tide; ${load}; last: it was false$`),
      ),
      expect.stringMatching(new RegExp(String.raw`^  after \d\.\d s; ${load}$`)),
      "failed: mixed.run.ts > a suite whose hook fails",
      "  no stage",
      expect.stringMatching(new RegExp(`^  ${load}; 2 tests did not run$`)),
      "1 passed, 3 failed, 4 skipped",
    ]);
  });

  it("name a file that cannot be imported", async () => {
    const lines = await lastLines(["broken.run.ts"]);
    expect(lines[0]).toBe("failed: broken.run.ts");
    expect(lines[1]).toBe("  cannot be imported");
    expect(lines.at(-1)).toBe("0 passed, 1 failed, 0 skipped");
  });

  it("do not take tests that nobody asked for by name for something that is missing", async () => {
    const lines = await lastLines(["mixed.run.ts"], { testNamePattern: /passes/ });
    expect(lines.at(-1)).toBe("1 passed, 0 failed, 7 skipped");
    expect(lines).toContain("skipped: 4 tests: their names were not asked for");
  });

  it("give what repeats the samples of a run, at its beginning and where something failed", async () => {
    const lines = await lastLines(["broken.run.ts"], { env: { SAMPLE: "42" } });
    expect(lines.filter((line) => line.includes("SAMPLE=42"))).toEqual([
      "samples are chosen by SAMPLE=42; set it to repeat this run",
      "samples were chosen by SAMPLE=42; set it to repeat this run",
    ]);
  });
});
