import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { endure, statesText, unitStates } from "../../src/endurance/endurance.ts";
import { resultsFile } from "../../src/endurance/results.ts";
import { runUnit, type Unit } from "../../src/endurance/unit.ts";

/** Real commands, in a folder of the test's own. */
async function workplace() {
  const root = await mkdtemp(join(tmpdir(), "onechat-endurance-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const file = join(root, "results.ndjson");
  const results = resultsFile(file);
  return {
    file,
    results,
    /** Works on the units as a call of the command does, and gives what was said. */
    call: async (units: readonly Unit[], { tree = "tree", stop = new AbortController() } = {}) => {
      const said: string[] = [];
      await endure({
        units,
        tree,
        results,
        run: (unit, log) =>
          runUnit(unit, { root, env: { PATH: process.env["PATH"] }, log, stop: stop.signal }),
        logOf: ({ name }) => join(root, "logs", `${name}.log`),
        say: (line) => {
          said.push(line);
          if (line.endsWith("stops …")) stop.abort();
        },
        stop: stop.signal,
      });
      return said.join("\n");
    },
    text: async (units: readonly Unit[], tree = "tree") => statesText(await unitStates(units, results, tree)),
  };
}

const unit = (name: string, source: string, env: Readonly<Record<string, string>> = {}): Unit => ({
  name,
  args: ["-e", source],
  env,
});
const good = unit("good", "");
const other = unit("other", "");
const stops = unit("stops", "setInterval(() => undefined, 1000)");

describe("endurance", () => {
  it("does every unit once, and only what has not passed when it is called again", async () => {
    const { call, text } = await workplace();
    const stopped = await call([good, stops, other]);
    expect(stopped).toContain("[1/3] good: passed after ");
    expect(await text([good, stops, other])).toBe("1 passed, 0 failed, 2 open");
    const again = await call([good, other]);
    expect(again).toContain("2 units, 1 of them have passed before");
    expect(again).not.toContain("good:");
    expect(await text([good, other])).toBe("2 passed, 0 failed, 0 open");
  });

  it("names what failed, and what does it again", async () => {
    const { call, text } = await workplace();
    const source = 'console.log("failed: a.test.ts > holds\\nfailed: b.test.ts > too"); process.exit(1)';
    const bad = unit("bad", source, { SAMPLE: "1/8" });
    const said = await call([bad]);
    expect(said).toContain("  failed: a.test.ts > holds\n  failed: b.test.ts > too\n");
    expect(said).toContain("  again: SAMPLE=1/8 node -e ");
    expect(await text([bad])).toBe(
      "failed: bad: a.test.ts > holds\nfailed: bad: b.test.ts > too\n0 passed, 1 failed, 0 open",
    );
  });

  it("gives a unit its environment, and the exit code where no test is named", async () => {
    const { call, text } = await workplace();
    const bad = unit("bad", "process.exit(Number(process.env.CODE))", { CODE: "99" });
    await call([bad]);
    expect(await text([bad])).toBe("failed: bad: exit code 99\n0 passed, 1 failed, 0 open");
  });

  it("tries again what failed, and does not hide that it did", async () => {
    const { call, text } = await workplace();
    await call([unit("shaky", "process.exit(1)")]);
    await call([unit("shaky", "")]);
    expect(await text([unit("shaky", "")])).toBe("failed before, 1 times: shaky\n1 passed, 0 failed, 0 open");
  });

  it("knows nothing of another tree's results, nor of those that were reset", async () => {
    const { call, text, results } = await workplace();
    await call([good]);
    await call([other], { tree: "next" });
    expect(await text([good], "next")).toBe("0 passed, 0 failed, 1 open");
    await results.reset("tree");
    expect(await text([good])).toBe("0 passed, 0 failed, 1 open");
    expect(await text([other], "next")).toBe("1 passed, 0 failed, 0 open");
  });

  it("loses no result to a kill in the middle of a line", async () => {
    const { call, text, file } = await workplace();
    await call([good]);
    await appendFile(file, '\n{"tree":"tree","unit":"oth');
    await call([other]);
    expect(await text([good, other])).toBe("2 passed, 0 failed, 0 open");
  });

  it("does not take what was stopped for failed", async () => {
    const { call, text } = await workplace();
    await call([stops]);
    expect(await text([stops])).toBe("0 passed, 0 failed, 1 open");
  });
});
