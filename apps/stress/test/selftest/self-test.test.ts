import { describe, expect, test } from "vitest";
import { Anomaly } from "../../src/measure/result.ts";
import { corruptions, misjudgedOf } from "./catch-corruptions.ts";
import { crossCheck } from "./cross-check.ts";

// `stress selftest` says how much of it; in the tests of every change there is a little of everything.
const seed = Number(process.env["SELFTEST_SEED"] ?? 2);
const histories = Number(process.env["SELFTEST_HISTORIES"] ?? 2_000);
const times = process.env["SELFTEST_HISTORIES"] === undefined ? 10 : 100;
const timeout = 30 * 60_000;

describe(`the checker, on histories of the seed ${seed}`, { timeout }, () => {
  test("is tried on every class of anomalies", () => {
    const seeded = new Set(corruptions.map(({ name }) => name));
    expect(seeded).toEqual(new Set(Anomaly.shape.name.options));
  });

  test.each(corruptions)(
    `finds $name ${times} times, at its key alone, and nothing before: $how`,
    (corruption) => {
      expect(misjudgedOf(corruption, { seed, times })).toEqual([]);
    },
  );

  test(`agrees with a search through all orders about ${histories} small histories`, () => {
    const { impossible, disagreements } = crossCheck({ seed, histories, enough: 3 });
    expect(disagreements).toEqual([]);
    if (histories < 1_000) return;
    expect(impossible / histories).toBeGreaterThan(0.2);
    expect(impossible / histories).toBeLessThan(0.8);
  });

  test("is tried on the same histories for the same seed", () => {
    const impossible = (of: number) => crossCheck({ seed: of, histories: 200, enough: 3 }).impossible;
    expect(impossible(1)).toBe(impossible(1));
    expect(impossible(1)).not.toBe(impossible(3));
  });
});
