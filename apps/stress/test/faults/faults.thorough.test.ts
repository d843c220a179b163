import { crashableMongoMissing } from "@onechat/mongo/testing";
import { describe, expect, it } from "vitest";
import { FaultName } from "../../src/history/history-line.ts";
import { run } from "../stress-process.ts";

const missing = await crashableMongoMissing(process.env);

describe.skipIf(missing !== null)("every fault", () => {
  it("finds calls under way, is healed, and leaves exactly one chat for everybody", async () => {
    const load = ["--path", "domain,http", "--workload", "hot", "--repeats", "1", "--procs", "2"];
    const { code, result } = await run(
      ["smoke", ...load, "--fault", FaultName.options.join(), "--duration", "1s"],
      { MONGO_PROVIDER: "embedded" },
    );
    expect({ code, anomalies: result?.anomalies }).toEqual({ code: 0, anomalies: [] });
    const faults = result?.faults ?? [];
    expect(new Set(faults.map(({ fault }) => fault))).toEqual(new Set(FaultName.options));
    for (const { hit, healedAt, recoveryMs } of faults) {
      expect(hit).toBeGreaterThan(0);
      expect(healedAt).not.toBeNull();
      expect(recoveryMs).not.toBeNull();
    }
    const targets = (name: FaultName): readonly string[] =>
      faults.filter(({ fault }) => fault === name).map(({ target }) => target);
    const hops = ["client to API", "API to database", "caller to database"];
    expect([targets("reply-lost"), targets("connection-reset")]).toEqual([hops, hops]);
  }, 240_000);

  it("that cannot strike here is said to be left out", async () => {
    const { code, result } = await run(
      [
        "smoke",
        "--workload",
        "hot",
        "--repeats",
        "1",
        "--fault",
        "api-kill,pool-starved",
        "--duration",
        "1s",
      ],
      { MONGO_PROVIDER: "embedded" },
    );
    expect(code).toBe(2);
    expect(result?.reasons.join()).toContain("the fault api-kill was not injected: no call takes a path");
    expect(result?.faults.map(({ fault }) => fault)).toEqual(["pool-starved"]);
  });
});
