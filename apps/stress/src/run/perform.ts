import type { Register } from "../history/history-line.ts";
import type { Fleet, Released } from "../worker/fleet.ts";
import type { DueLane, Persistence, SeenOperation, Share } from "../worker/orders.ts";
import type { PlannedRegister, Wave, WorkloadPlan } from "../workloads/workload-plan.ts";
import type { Observation } from "./observation.ts";
import type { Target, Turn } from "./target.ts";

/** What a wave brought. */
export interface PerformedWave extends Released {
  readonly operations: readonly SeenOperation[];
}

export interface Performance {
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

/**
 * Makes the calls of a wave, released together in all processes, and hands over what came of them.
 *
 * @throws the signal's reason before a wave that would begin after it was aborted
 */
export async function performWave(
  { fleet, observation, signal }: Performance,
  wave: Wave,
  target: Target,
  { turn, persistence }: { readonly turn: Turn; readonly persistence: Persistence | null },
): Promise<PerformedWave> {
  signal.throwIfAborted();
  const shares = sharesOf(wave, target, { turn, persistence, processes: fleet.size });
  const seen = observation.collect();
  const released = await fleet.run(shares);
  await observation.settled();
  return { ...released, operations: seen() };
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
    performed.push(await performWave(performance, wave, target, { turn, persistence: null }));
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

interface Sharing {
  readonly turn: Turn;
  readonly persistence: Persistence | null;
  readonly processes: number;
}

function sharesOf(wave: Wave, target: Target, { turn, persistence, processes }: Sharing): readonly Share[] {
  const lanes = Array.from({ length: processes }, (): DueLane[] => []);
  for (const { process, due, calls } of wave) {
    const dueCalls = calls.map((call) => ({ ...call, key: keyOf(call.register, target, turn) }));
    lanes[process % processes]?.push({ due, calls: dueCalls });
  }
  return lanes.map((own) => ({ route: target.route, lanes: own, persistence }));
}
