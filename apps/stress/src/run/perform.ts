import type { Block, Register } from "../history/history-line.ts";
import type { Released } from "../load/fleet.ts";
import { type DueLane, type Manner, plainManner, type SeenOperation, type Share } from "../load/orders.ts";
import type { PlannedCall, PlannedRegister, Wave, WorkloadPlan } from "../plan/workload-plan.ts";
import { seedLegacy } from "../stores/databases.ts";
import type { Stage } from "./stage.ts";
import { RunStopped } from "./stopped.ts";
import { isBuild, type Target, type Turn } from "./ways.ts";

export interface Load {
  readonly wave: Wave;
  readonly target: Target;
  readonly turn: Turn;
}

export interface Performed extends Released {
  readonly operations: readonly SeenOperation[];
  /** The last answer. */
  readonly until: number;
}

export function keyOf(name: string, { variant, path }: Target, { workload, tag }: Turn): string {
  return `${variant}/${path}/${workload}/${tag}/${name}`;
}

/** Writes down who a plan is about: from now on operations may name them. */
export function enter(
  { recorder }: Stage,
  target: Target,
  turn: Turn,
  registers: readonly (PlannedRegister & Pick<Register, "removed" | "removedAtEnd">)[],
): void {
  const { variant, path } = target;
  const about = { type: "register", variant, path, workload: turn.workload } as const;
  const entered = registers.map(({ name, participants, initial, ...more }): Register => {
    const key = keyOf(name, target, turn);
    const people = { key, participants: [...participants], initial: [...initial] };
    const [oldest] = initial;
    // onechat promises the oldest.
    return { ...about, ...people, ...(oldest === undefined ? {} : { expected: oldest }), ...more };
  });
  recorder.enter(target, entered);
}

/** The plan as far as this target can be asked for it, with its chats from before put there. */
export async function suited(stage: Stage, plan: WorkloadPlan, target: Target): Promise<WorkloadPlan> {
  const { variant, database, offers } = target;
  // They can only be put where we may write, and only onechat knows what to do with them.
  const canSeed = isBuild(variant) && stage.settings.subject.kind === "onechat" && database !== null;
  if (canSeed) await seedLegacy(stage.ground.admin.db(database), plan.registers);
  const isOffered = ({ kind }: PlannedCall): boolean => kind === "ensure" || offers.includes(kind);
  return {
    registers: canSeed ? plan.registers : plan.registers.map((register) => ({ ...register, initial: [] })),
    waves: plan.waves.map((wave) =>
      wave
        .map((lane) => ({ ...lane, calls: lane.calls.filter(isOffered) }))
        .filter(({ calls }) => calls.length > 0),
    ),
  };
}

/**
 * Makes the calls of one or several waves, all released together in all processes, and hands over what came of them.
 *
 * @throws the signal's reason before a wave that would begin after it was aborted
 * @throws RunStopped when no call was answered and the database does not answer either
 */
export async function performLoads(stage: Stage, loads: readonly Load[], manner: Manner): Promise<Performed> {
  const { fleet, recorder, host } = stage;
  host.signal.throwIfAborted();
  const operations: SeenOperation[] = [];
  const unlisten = recorder.listen((heard) => operations.push(...heard));
  try {
    const released = await fleet.run(sharesOf(loads, manner, fleet.size));
    await recorder.settled();
    if (manner === plainManner) await refuseSilence(operations, stage);
    const until = operations.reduce((latest, { end }) => Math.max(latest, end), released.at);
    return { ...released, operations, until };
  } finally {
    unlisten();
  }
}

/** One wave on one target, written down as a block of its own. */
export async function performBlock(
  stage: Stage,
  load: Load,
  about: Pick<Block, "part"> & Partial<Pick<Block, "round" | "wave" | "twin">>,
): Promise<Performed> {
  const performed = await performLoads(stage, [load], plainManner);
  const { variant, path } = load.target;
  const { at: from, until, health } = performed;
  const place = { variant, path, workload: load.turn.workload };
  const counted = { round: 0, wave: 0, twin: false, ...about };
  stage.recorder.note({ type: "block", ...place, ...counted, from, until, health: [...health] });
  return performed;
}

/** A run against a database that is gone would wait for every single call. */
async function refuseSilence(operations: readonly SeenOperation[], { ground }: Stage): Promise<void> {
  if (operations.length === 0 || operations.some(({ outcome }) => outcome === "ok")) return;
  try {
    await ground.admin.ping();
  } catch (cause) {
    throw new RunStopped("the database has stopped to answer in the middle of the run", { cause });
  }
}

function sharesOf(loads: readonly Load[], manner: Manner, processes: number): readonly Share[] {
  const lanes = Array.from({ length: processes }, (): DueLane[] => []);
  for (const { wave, target, turn } of loads)
    for (const { process, due, calls } of wave)
      lanes[process % processes]?.push({
        route: target.name,
        due,
        calls: calls.map(({ register, ...call }) => ({ ...call, key: keyOf(register, target, turn) })),
      });
  return lanes.map((own) => ({ lanes: own, manner }));
}
