import { describe, expect, test } from "vitest";
import { testHost } from "../test-host.ts";
import { selfTestCommand } from "../../src/cli/selftest-command.ts";
import { catchCorruptions, corruptions } from "../../src/selftest/catch-corruptions.ts";
import { crossCheck } from "../../src/selftest/cross-check.ts";
import { Anomaly } from "../../src/measure/result.ts";

const signal = new AbortController().signal;
const quietly = (histories: number) => ({
  seed: 1,
  histories,
  enough: 1,
  onProgress: () => undefined,
  signal,
});

describe("the self-test", () => {
  test("seeds every class of anomalies", () => {
    const seeded = new Set(corruptions.map(({ name }) => name));
    expect(seeded).toEqual(new Set(Anomaly.shape.name.options));
  });

  test("finds each of them under its right name at its key, and nothing in what is right", async () => {
    const { caught, misjudged } = await catchCorruptions({ seed: 2, times: 10, signal });
    expect(caught).toHaveLength(corruptions.length);
    expect(misjudged).toEqual([]);
    expect(caught.filter(({ seeded, caught: found }) => seeded !== found)).toEqual([]);
  });

  test("has the checker and the search agree, about right and about impossible histories", async () => {
    const { histories, impossible, disagreements } = await crossCheck(quietly(3_000));
    expect(disagreements).toEqual([]);
    expect(histories).toBe(3_000);
    expect(impossible / histories).toBeGreaterThan(0.2);
    expect(impossible / histories).toBeLessThan(0.8);
  });

  test("draws the same histories for the same seed", async () => {
    const [one, same] = [await crossCheck(quietly(500)), await crossCheck(quietly(500))];
    const other = await crossCheck({ ...quietly(500), seed: 3 });
    expect(one.impossible).toBe(same.impossible);
    expect(one.impossible).not.toBe(other.impossible);
  });
});

describe("the command", () => {
  async function said(json: boolean, abort: AbortSignal = signal) {
    const host = { ...testHost(), signal: abort };
    const exit = await selfTestCommand({ seed: "1", histories: "200", json }, host);
    return { exit, out: host.written.out };
  }

  test("says what was tried and that the checker can be believed", async () => {
    const { exit, out } = await said(false);
    expect(exit).toBe("pass");
    expect(out).toContain("the checker can be believed (seed 1)");
    expect(out).toMatch(/SPLIT_ID +100\/100/);
    expect(out).toContain("disagreements: 0");
  });

  test("says the same to programs", async () => {
    const { exit, out } = await said(true);
    expect(exit).toBe("pass");
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      passed: true,
      crossCheck: { histories: 200, disagreements: [] },
    });
  });

  test("stops when it is interrupted", async () => {
    const { exit, out } = await said(true, AbortSignal.abort());
    expect(exit).toBe("interrupted");
    expect(JSON.parse(out)).toMatchObject({ caught: [], crossCheck: { histories: 0 } });
  });
});
