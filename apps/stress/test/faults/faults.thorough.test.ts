import { join } from "node:path";
import { crashableMongoMissing } from "@onechat/mongo/testing";
import { needs } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { FaultName } from "../../src/history/history-line.ts";
import { readHistory } from "../../src/history/read-history.ts";
import { run, sharedBetweenTests } from "../stress-process.ts";

const missing = await crashableMongoMissing(process.env);

/** All but a replica set's, and a command of one's own. */
const faultsHere = FaultName.options.filter((name) => name !== "step-down" && name !== "command");

describe("a run with every fault", needs(missing), () => {
  const withEveryFault = sharedBetweenTests(() => {
    const ways = ["--path", "domain,http", "--variant", "ours,naive,raw", "--workload", "hot"];
    const faults = ["--fault", faultsHere.join(), "--duration", "1s", "--repeats", "1"];
    return run(["smoke", ...ways, ...faults, "--procs", "2"], { MONGO_PROVIDER: "embedded" });
  });

  it("finds calls under way each time, heals it, and leaves exactly one chat for everybody", async () => {
    const { code, result } = await withEveryFault();
    const { reasons, anomalies } = result ?? {};
    expect({ code, reasons, anomalies }).toEqual({ code: 0, reasons: [], anomalies: [] });
    const faults = result?.faults ?? [];
    expect(new Set(faults.map(({ fault }) => fault))).toEqual(new Set(faultsHere));
    for (const { hit, healedAt, recoveryMs } of faults) {
      expect(hit).toBeGreaterThan(0);
      expect(healedAt).not.toBeNull();
      expect(recoveryMs).not.toBeNull();
    }
  });

  it("lets network faults strike on every hop", async () => {
    const { result } = await withEveryFault();
    const targets = (name: FaultName): readonly string[] =>
      (result?.faults ?? []).filter(({ fault }) => fault === name).map(({ target }) => target);
    const hops = ["client to API", "API to database", "caller to database"];
    expect([targets("reply-lost"), targets("connection-reset")]).toEqual([hops, hops]);
  });

  it("measures the machine meanwhile, beside the calls and on their way", async () => {
    const { directory } = await withEveryFault();
    const { machine } = await readHistory(join(directory, "history.ndjson.gz"));
    const asked = new Set(machine.flatMap(({ tookMs }) => Object.keys(tookMs)));
    expect(asked).toEqual(new Set(["database", "hop", "api"]));
  });
});
