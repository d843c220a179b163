import { describe, expect, it } from "vitest";
import { planFaults } from "../../src/faults/plan-faults.ts";
import { RunFlags } from "../../src/plan/run-flags.ts";
import { runSettings } from "../../src/plan/run-settings.ts";
import { testHost } from "../test-host.ts";

function planned(uri: string, flags: object = {}) {
  const settings = runSettings(RunFlags.parse({ profile: "ci", uri, ...flags }), testHost());
  const capabilities = { replicaSet: true, crash: false, transactions: true, changeStreams: true };
  const mongo = { uri, provider: "uri", capabilities: { ...capabilities, collMod: true } } as const;
  const { planned: faults, ...others } = planFaults({ settings, ground: { mongo } });
  return { faults: faults.map(({ fault, target }) => `${fault} ${target}`), ...others };
}

const hops = ["client to API", "API to database", "caller to database"];
const set = "mongodb://me:secret@a.example,b.example:27018,c.example/?replicaSet=rs0";

describe("faults on somebody's own MongoDB", () => {
  it("strike in front of every member of a set, and its primary steps down", () => {
    const { faults, omissions, notes } = planned(set);
    expect(faults).toEqual(expect.arrayContaining(hops.map((hop) => `reply-lost ${hop}`)));
    expect(faults).toEqual(expect.arrayContaining(hops.map((hop) => `connection-reset ${hop}`)));
    expect(faults).toEqual(expect.arrayContaining(["step-down primary", "pool-starved caller"]));
    expect(omissions).toEqual([]);
    expect(notes).toEqual([
      expect.stringContaining("db-kill was not injected: only a database engine of our own"),
      expect.stringContaining("db-pause was not injected"),
    ]);
  });

  it("are doubts where they were asked for by name and cannot be", () => {
    const single = "mongodb://a.example/";
    expect(planned(single, { fault: ["step-down"] })).toMatchObject({
      faults: [],
      omissions: ["the fault step-down was not injected: it needs a database of several members"],
      notes: [],
    });
    expect(planned(`${set}&tls=true`, { path: ["domain"], fault: ["reply-lost"] }).omissions).toEqual([
      "the fault reply-lost was not injected: a proxy needs a database at addresses without TLS",
    ]);
  });

  it("of a set that only the DNS knows are those that need no proxy", () => {
    const { faults, notes } = planned("mongodb+srv://cluster.example/");
    expect(faults).toContain("step-down primary");
    expect(faults).not.toContain("reply-lost caller to database");
    expect(notes.join()).toContain("pool-starved was not injected: a proxy needs");
  });
});
