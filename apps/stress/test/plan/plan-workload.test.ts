import { describe, expect, it } from "vitest";
import { Workload } from "../../src/history/history-line.ts";
import { seededRandom } from "../../src/seeded-random.ts";
import { openLoop, planWorkload } from "../../src/plan/workloads.ts";
import type { PlannedCall, Wave, WorkloadPlan } from "../../src/plan/workload-plan.ts";

function planOf(workload: Workload, seed = 1): WorkloadPlan {
  const random = seededRandom(seed, workload);
  return planWorkload(workload, {
    prefix: workload,
    accounts: null,
    hosts: null,
    callers: 24,
    keys: 18,
    processes: 3,
    random,
  });
}

function callsOf({ waves }: WorkloadPlan): readonly PlannedCall[] {
  return waves.flat().flatMap(({ calls }) => calls);
}

function askersOf(plan: WorkloadPlan, name: string): readonly string[] {
  return callsOf(plan)
    .filter(({ register }) => register === name)
    .map(({ participants }) => participants.join());
}

describe.each(Workload.options)("the plan of %s", (workload) => {
  const plan = planOf(workload);

  it("is the same for the same seed", () => {
    expect(planOf(workload)).toEqual(plan);
  });

  it("only asks for people it has registered, in their own scope", () => {
    const registers = new Map(plan.registers.map((register) => [register.name, register]));
    for (const { register, participants, scope } of callsOf(plan)) {
      expect([...new Set(participants)].toSorted()).toEqual(registers.get(register)?.participants);
      expect(scope).toBe(registers.get(register)?.scope);
    }
  });

  it("has no two registers of the same people in the same scope", () => {
    const identities = plan.registers.map(({ participants, scope }) =>
      JSON.stringify([scope, ...participants]),
    );
    expect(new Set(identities).size).toBe(identities.length);
  });

  it("gives every process something to do", () => {
    expect(new Set(plan.waves.flat().map(({ process }) => process))).toEqual(new Set([0, 1, 2]));
  });

  it("names nobody whom another plan names", () => {
    for (const { participants } of plan.registers)
      for (const person of participants) expect(person).toMatch(new RegExp(`^${workload}-`));
  });
});

describe("the shapes of calls", () => {
  it("differ with the seed where chance has a say", () => {
    expect(planOf("zipf", 2)).not.toEqual(planOf("zipf", 1));
    expect(planOf("groups", 2)).not.toEqual(planOf("groups", 1));
  });

  it("hot: everybody asks for one pair at once, in both orders", () => {
    const plan = planOf("hot");
    expect(plan.registers).toHaveLength(1);
    expect(plan.waves[0]).toHaveLength(24);
    expect(new Set(askersOf(plan, "pair"))).toEqual(new Set(["hot-a,hot-b", "hot-b,hot-a"]));
  });

  it("burst: a crowd for each key, one key after the other", () => {
    const { waves } = planOf("burst");
    expect(waves).toHaveLength(18);
    for (const wave of waves)
      expect(new Set(wave.flatMap(({ calls }) => calls.map(({ register }) => register))).size).toBe(1);
  });

  it("pairs: each is asked for from both sides", () => {
    const plan = planOf("pairs");
    for (const { name, participants } of plan.registers)
      expect(askersOf(plan, name).toSorted()).toEqual([
        participants.join(),
        participants.toReversed().join(),
      ]);
  });

  it("zipf: a few keys get most of the calls", () => {
    const plan = planOf("zipf");
    const counts = plan.registers.map(({ name }) => askersOf(plan, name).length);
    expect(counts[0]).toBeGreaterThan(5 * Math.max(1, counts.at(-1) ?? 0));
  });

  it("fresh: every key is asked for once by every process", () => {
    const plan = planOf("fresh");
    for (const { name } of plan.registers) {
      const lanes = plan.waves.flat().filter(({ calls }) => calls.some(({ register }) => register === name));
      expect(lanes.map(({ process }) => process)).toEqual([0, 1, 2]);
    }
  });

  it("existing: what one wave makes, the next asks for", () => {
    const { waves } = planOf("existing");
    expect(waves[1]).toEqual(waves[0]);
  });

  it("groups: sets of one to nine, each a subset of the next", () => {
    const sets = planOf("groups")
      .registers.slice(0, 9)
      .map(({ participants }) => participants);
    expect(sets.map(({ length }) => length)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const [index, set] of sets.entries())
      expect(sets[index + 1] ?? set).toEqual(expect.arrayContaining([...set]));
  });

  it("scopes: the same people in eight of them, in one wave", () => {
    const { registers, waves } = planOf("scopes");
    const people = registers.slice(0, 8).map(({ participants }) => participants.join());
    expect(new Set(people).size).toBe(1);
    expect(new Set(waves[0]?.flatMap(({ calls }) => calls.map(({ scope }) => scope))).size).toBe(8);
  });

  it("merge-race: legacy chats and their duplicates, the oldest first, asked for by people and by id", () => {
    const plan = planOf("merge-race");
    for (const { initial } of plan.registers) expect(initial).toEqual([...initial].toSorted());
    expect(plan.registers.some(({ initial }) => initial.length > 1)).toBe(true);
    expect(new Set(callsOf(plan).map(({ kind }) => kind))).toEqual(new Set(["ensure", "find", "resolve"]));
  });

  it("open loop: one call after the other at a constant rate, whatever becomes of them", () => {
    const shape = {
      prefix: "p",
      accounts: null,
      hosts: null,
      callers: 5,
      keys: 2,
      processes: 3,
      random: seededRandom(1, "x"),
    };
    const [wave = []] = openLoop(shape, 200, 5).waves;
    expect(wave.map(({ due }) => due)).toEqual([0, 5e6, 10e6, 15e6, 20e6]);
    expect(wave.map(({ process }) => process)).toEqual([0, 1, 2, 0, 1]);
  });

  it("flood: more sets at once than fit into a batch, half with chats from before, some callers in a hurry", () => {
    const { registers, waves } = planOf("flood");
    expect(registers.length).toBeGreaterThan(512);
    const processes = (name: string) =>
      (waves[0] ?? []).filter(({ calls }) => calls[0]?.register === name).map(({ process }) => process);
    expect(new Set(processes("7"))).toEqual(new Set([0, 1, 2]));
    expect(registers.filter(({ initial }) => initial.length > 0).length).toBeGreaterThan(300);
    const hurried = (waves[0] ?? []).filter(({ calls }) => calls[0]?.patienceMs !== null);
    expect(hurried.length).toBeGreaterThan(200);
  });

  it("odd ids: sets that look alike, and sets of up to a hundred that differ in the last person", () => {
    const { registers } = planOf("odd-ids");
    const sizes = registers
      .filter(({ name }) => name.startsWith("size-"))
      .map(({ participants }) => participants);
    expect(sizes.at(-1)).toHaveLength(100);
    expect(sizes.find(({ length }) => length === 11)).toEqual(
      expect.arrayContaining([...(sizes.find(({ length }) => length === 10) ?? [])]),
    );
    const folded = registers.map(({ participants }) =>
      participants
        .map((id) => id.normalize("NFC").toLowerCase())
        .toSorted()
        .join(),
    );
    expect(new Set(folded).size).toBeLessThan(registers.length);
  });

  it("removed: the same people are asked for twice, and removed in between by one who was answered", () => {
    const [before, removing, after] = planOf("removed").waves;
    const names = (wave: Wave | undefined) => new Set(wave?.map(({ calls }) => calls[0]?.register));
    expect(names(before)).toEqual(names(after));
    expect(names(removing)).toEqual(names(after));
    expect(removing).toHaveLength(names(after).size);
    for (const { calls } of removing ?? [])
      expect(calls.map(({ kind, asked }) => [kind, asked])).toEqual([
        ["ensure", null],
        ["remove", null],
      ]);
  });
});

describe("real accounts", () => {
  const accounts = ["u1", "u2", "u3", "u4", "u5"];

  it("are taken for the people of a plan, in a scope that no other run and no other register has", () => {
    const random = seededRandom(1, "x");
    const plan = planWorkload("pairs", {
      prefix: "run-7-pairs",
      accounts,
      hosts: null,
      callers: 8,
      keys: 12,
      processes: 2,
      random,
    });
    const scopes = plan.registers.map(({ scope }) => scope);
    expect(new Set(scopes).size).toBe(12);
    for (const { participants, scope } of plan.registers) {
      expect(participants).toHaveLength(2);
      expect(accounts).toEqual(expect.arrayContaining([...participants]));
      expect(scope).toMatch(/^run-7-pairs-/);
    }
  });
});
