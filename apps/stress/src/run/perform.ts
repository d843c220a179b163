import type { Register } from "../history/history-line.ts";
import type { Fleet, Released } from "../worker/fleet.ts";
import { type DueLane, type Manner, plainManner, type SeenOperation, type Share } from "../worker/orders.ts";
import type { PlannedRegister, Wave, WorkloadPlan } from "../workloads/workload-plan.ts";
import { DatabaseGone } from "./database-gone.ts";
import type { Ground } from "./ground.ts";
import type { Observation } from "./observation.ts";
import type { Target, Turn } from "./target.ts";

/** What a wave brought. */
export interface PerformedWave extends Released {
  readonly operations: readonly SeenOperation[];
}

export interface Performance {
  readonly ground: Pick<Ground, "admin">;
  readonly fleet: Fleet;
  readonly observation: Observation;
  readonly signal: AbortSignal;
}

/** Writes down who a plan is about: from now on operations may name them. */
export function enter(
  observation: Observation,
  target: Target,
  turn: Turn,
  registers: readonly PlannedRegister[],
): void {
  observation.enter(
    target.database,
    registers.map((planned) => registerOf(planned, target, turn)),
  );
}

/** A wave on its target. */
export interface Load {
  readonly wave: Wave;
  readonly target: Target;
  readonly turn: Turn;
}

/**
 * Makes the calls of one or several waves, all released together in all processes, and hands over what came of them.
 *
 * @throws the signal's reason before a wave that would begin after it was aborted
 * @throws DatabaseGone when no call was answered and the database does not answer either
 */
export async function performLoads(
  { ground, fleet, observation, signal }: Performance,
  loads: readonly Load[],
  manner: Manner,
): Promise<PerformedWave> {
  signal.throwIfAborted();
  const operations: SeenOperation[] = [];
  const unlisten = observation.listen((heard) => operations.push(...heard));
  try {
    const released = await fleet.run(sharesOf(loads, manner, fleet.size));
    await observation.settled();
    if (manner === plainManner) await refuseSilence(operations, ground);
    return { ...released, operations };
  } finally {
    unlisten();
  }
}

/** A run against a database that is gone would wait for every single call. */
async function refuseSilence(
  operations: readonly SeenOperation[],
  { admin }: Pick<Ground, "admin">,
): Promise<void> {
  if (operations.length === 0 || operations.some(({ outcome }) => outcome === "ok")) return;
  try {
    await admin.ping();
  } catch (cause) {
    throw new DatabaseGone("the database has stopped to answer in the middle of the run", { cause });
  }
}

/** All waves of a plan, one after the other. */
export async function performPlan(
  performance: Performance,
  plan: WorkloadPlan,
  target: Target,
  turn: Turn,
): Promise<readonly PerformedWave[]> {
  enter(performance.observation, target, turn, plan.registers);
  const performed: PerformedWave[] = [];
  for (const wave of plan.waves)
    performed.push(await performLoads(performance, [{ wave, target, turn }], plainManner));
  return performed;
}

function keyOf(name: string, { variant, path }: Target, { workload, tag }: Turn): string {
  return `${variant}/${path}/${workload}/${tag}/${name}`;
}

function registerOf(
  { name, participants, scope, initial }: PlannedRegister,
  target: Target,
  turn: Turn,
): Register {
  const { variant, path } = target;
  return {
    type: "register",
    key: keyOf(name, target, turn),
    variant,
    path,
    workload: turn.workload,
    participants: [...participants],
    scope,
    initial: [...initial],
  };
}

function sharesOf(loads: readonly Load[], manner: Manner, processes: number): readonly Share[] {
  const lanes = Array.from({ length: processes }, (): DueLane[] => []);
  for (const { wave, target, turn } of loads) {
    for (const { process, due, calls } of wave) {
      const dueCalls = calls.map(({ register, ...call }) => ({
        ...call,
        key: keyOf(register, target, turn),
      }));
      lanes[process % processes]?.push({ route: target.route, due, calls: dueCalls });
    }
  }
  return lanes.map((own) => ({ lanes: own, manner }));
}
