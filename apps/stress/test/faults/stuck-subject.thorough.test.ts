import { setTimeout as sleep } from "node:timers/promises";
import { crashableMongoMissing } from "@onechat/mongo/testing";
import { needs } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import type { MeasureMachine } from "../../src/faults/measure-machine.ts";
import { readResult } from "../../src/measure/result-file.ts";
import type { StressResult } from "../../src/measure/result.ts";
import { stress } from "../../src/cli/program.ts";
import { mutant } from "../mutations/mutant.ts";
import { hanging } from "../mutations/mutations.ts";
import { inheritedEnv, newDirectory } from "../stress-process.ts";
import { testHost } from "../test-host.ts";

const missing = await crashableMongoMissing(process.env);

interface Judged {
  readonly code: number;
  readonly result: StressResult;
}

/** A run in which the database stops for longer than calls may take, on a machine of which this is measured. */
async function judged(measure: MeasureMachine): Promise<Judged> {
  using subject = mutant(hanging);
  const directory = newDirectory();
  const load = ["--variant", "ours,naive", "--workload", "hot", "--callers", "32", "--repeats", "1"];
  const code = await stress(
    ["run", "smoke", ...load, "--fault", "db-pause", "--duration", "500ms", "--out", directory],
    {
      ...testHost(),
      env: { ...inheritedEnv(), ...subject.env, MONGO_PROVIDER: "embedded" },
      measureMachine: measure,
    },
  );
  return { code, result: await readResult(directory) };
}

/** A measurement of its own takes no time: it would be made without end. */
async function measured(
  figures: Awaited<ReturnType<MeasureMachine>>,
  signal: AbortSignal,
): ReturnType<MeasureMachine> {
  await sleep(100, undefined, { signal }).catch(() => undefined);
  return figures;
}

describe("onechat that never answers again after a fault", needs(missing), () => {
  it("is stuck on a healthy machine; on one that is too slow, nobody knows", async () => {
    const [healthy, slow] = await Promise.all([
      judged((_, signal) => measured({ timersLateMs: 2, tookMs: { database: 4 } }, signal)),
      judged((_, signal) => measured({ timersLateMs: 700, tookMs: { database: 1_900 } }, signal)),
    ]);
    expect(healthy.code).toBe(1);
    expect(new Set(healthy.result.anomalies.map(({ name }) => name))).toEqual(new Set(["STUCK"]));
    expect(healthy.result.anomalies[0]?.text).toContain("a plain write took up to 4 ms");
    expect({ code: slow.code, anomalies: slow.result.anomalies }).toEqual({ code: 2, anomalies: [] });
    expect(slow.result.reasons.join("\n")).toMatch(
      /the machine was too slow to tell whether ours\/domain\S+ is stuck: .* a plain write took up to 1900 ms, timers were up to 700 ms late/,
    );
  });
});
