import { readFile } from "node:fs/promises";
import { machineLoad } from "../machine-load.ts";
import type { Results, UnitResult } from "./results.ts";
import { commandOf, type Unit } from "./unit.ts";

export interface Endurance {
  readonly units: readonly Unit[];
  readonly tree: string;
  readonly results: Results;
  /** Gives the unit's exit code, `null` when it was stopped. */
  readonly run: (unit: Unit, log: string) => Promise<number | null>;
  readonly logOf: (unit: Unit) => string;
  readonly say: (line: string) => void;
  readonly stop: AbortSignal;
}

/** Does the units that have not passed yet, one after the other, until it is stopped. */
export async function endure({ units, tree, results, run, logOf, say, stop }: Endurance): Promise<void> {
  const before = await results.of(tree);
  const open = units.filter(({ name }) => before.get(name)?.at(-1)?.outcome !== "passed");
  say(`${units.length} units, ${units.length - open.length} of them have passed before`);
  for (const [index, unit] of open.entries()) {
    if (stop.aborted) return;
    const start = performance.now();
    const place = `[${units.length - open.length + index + 1}/${units.length}] ${unit.name}`;
    say(`${place} …`);
    const code = await run(unit, logOf(unit));
    if (stop.aborted) return;
    const seconds = Math.round((performance.now() - start) / 100) / 10;
    const failed = code === 0 ? [] : await failuresIn(logOf(unit), code);
    const outcome = code === 0 ? "passed" : "failed";
    await results.add({ tree, unit: unit.name, outcome, seconds, endedAt: new Date().toISOString(), failed });
    say(`${place}: ${outcome} after ${seconds} s; ${machineLoad()}`);
    for (const name of failed) say(`  failed: ${name}`);
    if (code !== 0) say(`  what it said: ${logOf(unit)}\n  again: ${commandOf(unit)}`);
  }
}

/** The tests that a run of vitest names at its end; else how the command ended. */
async function failuresIn(log: string, code: number | null): Promise<readonly string[]> {
  const lines = (await readFile(log, "utf8")).split("\n");
  const named = lines
    .filter((line) => line.startsWith("failed: "))
    .map((line) => line.slice("failed: ".length));
  if (named.length > 0) return named;
  return [code === null ? "it did not come to an end" : `exit code ${code}`];
}

/** What has become of a unit: what its last try came to. */
export interface UnitState {
  readonly unit: string;
  readonly state: UnitResult["outcome"] | "open";
  readonly seconds: number | null;
  /** How often it failed, also if it passed in the end. */
  readonly timesFailed: number;
  readonly failed: readonly string[];
}

export async function unitStates(
  units: readonly Unit[],
  results: Results,
  tree: string,
): Promise<readonly UnitState[]> {
  const known = await results.of(tree);
  return units.map(({ name }) => {
    const tries = known.get(name) ?? [];
    const last = tries.at(-1);
    return {
      unit: name,
      state: last?.outcome ?? "open",
      seconds: last?.seconds ?? null,
      timesFailed: tries.filter(({ outcome }) => outcome === "failed").length,
      failed: last?.failed ?? [],
    };
  });
}

/** For people: a line for each unit, those that failed last, and the numbers. */
export function statesText(states: readonly UnitState[]): string {
  const count = (wanted: UnitState["state"]): number => states.filter(({ state }) => state === wanted).length;
  const once = states.filter(({ state, timesFailed }) => state === "passed" && timesFailed > 0);
  return [
    ...once.map(({ unit, timesFailed }) => `failed before, ${timesFailed} times: ${unit}`),
    ...states.flatMap(({ unit, failed }) => failed.map((name) => `failed: ${unit}: ${name}`)),
    `${count("passed")} passed, ${count("failed")} failed, ${count("open")} open`,
  ].join("\n");
}

/** A line for each unit. */
export function listText(states: readonly UnitState[]): string {
  return states
    .map(
      ({ unit, state, seconds }) =>
        `${state.padEnd(6)}  ${seconds === null ? "" : `${seconds} s`}`.padEnd(18) + unit,
    )
    .join("\n");
}
