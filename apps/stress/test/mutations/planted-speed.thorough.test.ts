import { crashableMongoMissing } from "@onechat/mongo/testing";
import { needs, sampleOf } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { run, type Run } from "../stress-process.ts";
import { mutant } from "./mutant.ts";
import { slowBuilds } from "./planted-speed.ts";

// One of them in each run, unless SAMPLE says otherwise.
const sample = sampleOf(slowBuilds.length, process.env);
const chosen = slowBuilds.filter((_, place) => sample.has(place));
const missing =
  process.env["PLANTED_SPEED"] === undefined
    ? "a matter of times, which other work on the machine spoils: PLANTED_SPEED=1 runs it"
    : await crashableMongoMissing(process.env);

/** What a `ci` run does for speed, on the engine that its limits were measured on, without the rest of it. */
function speedRun(env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const load = ["--path", "domain", "--workload", "hot", "--variant", "ours,naive,raw", "--repeats", "1"];
  return run(["ci", ...load, "--fault", "none", "--rate", "0"], { ...env, MONGO_PROVIDER: "embedded" });
}

/** Where a build beside itself may be anything, nothing can be said of another one. */
function cannotTell({ result }: Run): string | null {
  const twin = result?.ratios.find(
    ({ of, to, metric, workload }) => of === to && metric === "latency.p50" && workload === "existing",
  );
  const width = (twin?.high ?? Number.POSITIVE_INFINITY) / (twin?.low ?? 1);
  return width > 3
    ? `the machine is too busy: one build beside itself differs by a factor of ${width}`
    : null;
}

describe(
  `a build that is right and too slow misses a limit of a ci run (${sample.name})`,
  needs(missing),
  () => {
    it.for(chosen)("$name", async ({ changes }, { skip }) => {
      using slow = mutant(changes);
      const ended = await speedRun(slow.env);
      expect(ended.result?.anomalies).toEqual([]);
      const reason = cannotTell(ended);
      skip(ended.code !== 99 && reason !== null, reason ?? "");
      expect({ code: ended.code, reasons: ended.result?.reasons }).toEqual({
        code: 99,
        reasons: expect.arrayContaining([expect.stringContaining("ratio(latency.p50){ours/raw")]) as unknown,
      });
    });

    it("and the build as it is misses none", async () => {
      const { code, result } = await speedRun();
      expect({ code, reasons: result?.reasons }).toEqual({ code: 0, reasons: [] });
    });
  },
);
