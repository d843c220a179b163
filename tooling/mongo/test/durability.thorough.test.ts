import { needs, seedOf } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { engineMissing } from "./embedded-engine.ts";
import { killRounds } from "./kill-rounds.ts";

const kills = Number(process.env["DURABILITY_KILLS"] ?? 6);
const seed = seedOf(process.env);
const onDemand =
  process.env["DURABILITY_WITHOUT_BARRIER"] === undefined
    ? "a matter of luck, and of minutes: DURABILITY_WITHOUT_BARRIER=1 runs it"
    : null;
const minute = 60_000;

describe(`kill -9 under load (SAMPLE=${seed})`, needs(engineMissing), () => {
  it(
    `loses nothing that was acknowledged, and nothing that a majority read has shown (${kills} kills)`,
    async () => {
      const report = await killRounds({ kills, durabilityBarrier: true, seed });
      process.stdout.write(`with the barrier: ${JSON.stringify(report)}\n`);
      expect(report.acknowledged).toBeGreaterThan(0);
      expect(report.shown).toBeGreaterThan(0);
      expect(report).toMatchObject({ kills, lost: 0, unshown: 0 });
    },
    10 * minute,
  );

  // It proves that the test above can fail.
  it(
    "without the barrier, the engine forgets what it acknowledged",
    { ...needs(onDemand), timeout: 10 * minute },
    async () => {
      const report = await killRounds({ kills: 60, durabilityBarrier: false, seed, untilLoss: true });
      process.stdout.write(`without the barrier: ${JSON.stringify(report)}\n`);
      expect(report.lost).toBeGreaterThan(0);
    },
  );
});
