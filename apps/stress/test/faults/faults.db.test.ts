import { testMongo } from "@onechat/mongo/testing";
import { describe, expect, it } from "vitest";
import { run } from "../stress-process.ts";

describe("a run with faults", () => {
  it("has those strike that can, after which all are answered again, and says which cannot", async () => {
    const load = ["--variant", "ours,naive", "--workload", "hot", "--callers", "32", "--repeats", "1"];
    const faults = ["--fault", "api-kill,reply-lost", "--duration", "500ms", "--uri", testMongo().uri];
    const { code, result } = await run(["smoke", ...load, ...faults]);
    expect(code).toBe(2);
    expect(result?.reasons.join()).toContain("the fault api-kill was not injected: no call takes a path");
    expect(result?.anomalies).toEqual([]);
    expect(result?.faults).toEqual([
      expect.objectContaining({
        fault: "reply-lost",
        target: "caller to database",
        healedAt: expect.any(Number) as unknown,
        recoveryMs: expect.any(Number) as unknown,
      }),
    ]);
    expect(result?.faults[0]?.hit).toBeGreaterThan(0);
  });
});
