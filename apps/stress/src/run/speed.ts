import type { Workload } from "../history/history-line.ts";
import type { Path } from "../history/operation.ts";
import { plainManner } from "../load/orders.ts";
import { shuffled, type WorkloadPlan, type WorkloadShape } from "../plan/workload-plan.ts";
import { openLoop as planOpenLoop, planWorkload } from "../plan/workloads.ts";
import { seededRandom } from "../seeded-random.ts";
import { enter, performBlock, performLoads, suited } from "./perform.ts";
import { shapeOf, type Stage } from "./stage.ts";
import { isBuild, type Target, type Turn } from "./ways.ts";

/** New chats and known ones in a closed loop, and a burst on one new chat. */
const speedWorkloads = ["fresh", "existing", "hot"] as const satisfies readonly Workload[];
/** Callers of a closed loop, over all processes; more of them only measure each other on few cores. */
const callers = 16;
const keys = 96;
const burstCallers = 48;
/** With fewer rounds there is no interval to speak of. */
const leastRounds = 8;
const warmUpRounds = 2;

/**
 * The subject is there twice: how far apart it is from its `twin` is what a run can tell apart. So is the build that it is
 * compared with: who is asked more often is warmer.
 */
export interface Contestant {
  readonly target: Target;
  readonly twin: boolean;
}

export function contestantsOf(targets: readonly Target[]): readonly Contestant[] {
  const twins = targets.filter(({ variant }) => isBuild(variant));
  return [
    ...targets.map((target) => ({ target, twin: false })),
    ...twins.map((target) => ({ target, twin: true })),
  ];
}

/** A random order, and in the next round its reverse: nobody comes before another more often than after. */
export function orderOf(
  contestants: readonly Contestant[],
  seed: number,
  place: string,
  round: number,
): readonly Contestant[] {
  const order = shuffled(contestants, seededRandom(seed, `order/${place}/${Math.floor(round / 2)}`));
  return round % 2 === 0 ? order : order.toReversed();
}

/**
 * Compares the targets of a path with each other, in many short rounds: as many as were asked for, or as there is time
 * for. Rounds below zero warm everything up and are not counted.
 */
export async function compareSpeed(stage: Stage, path: Path): Promise<void> {
  const { settings, clock } = stage;
  const targets = [...stage.targets, ...stage.base].filter((target) => target.path === path);
  if (!targets.some(({ variant }) => variant === "ours")) return;
  const contestants = contestantsOf(targets);
  for (const target of targets) await makeKnown(stage, target);
  const endsAt = clock.now() + settings.speedMs * 1e6;
  for (let round = -warmUpRounds; round < settings.rounds; round += 1) {
    if (round >= leastRounds && round % 2 === 0 && clock.now() > endsAt) break;
    for (const workload of speedWorkloads)
      for (const contestant of orderOf(contestants, settings.seed, `${path}/${workload}`, round))
        await speedBlock(stage, contestant, workload, round);
  }
}

/** A short block of one contestant, with the plan that all of them have. */
async function speedBlock(
  stage: Stage,
  { target, twin }: Contestant,
  workload: (typeof speedWorkloads)[number],
  round: number,
): Promise<void> {
  const isKnown = workload === "existing";
  const turn: Turn = isKnown ? knownTurn : { workload, tag: `round-${round}${twin ? "-twin" : ""}` };
  const plan = isKnown ? knownPlan(stage, target) : newPlan(stage, target, turn);
  if (!isKnown) enter(stage, target, turn, plan.registers);
  const wave = plan.waves[isKnown ? 1 : 0] ?? [];
  await performBlock(stage, { wave, target, turn }, { part: "round", round, twin });
}

const knownTurn: Turn = { workload: "existing", tag: "known" };

async function makeKnown(stage: Stage, target: Target): Promise<void> {
  const { registers, waves } = knownPlan(stage, target);
  enter(stage, target, knownTurn, registers);
  await performLoads(stage, [{ wave: waves[0] ?? [], target, turn: knownTurn }], plainManner);
}

function knownPlan(stage: Stage, target: Target): WorkloadPlan {
  return planWorkload("existing", speedShape(stage, target, "known", "known"));
}

/** New chats are made by the callers of `existing`, each by one of them. */
function newPlan(stage: Stage, target: Target, { workload, tag }: Turn): WorkloadPlan {
  const shape = speedShape(stage, target, `${workload}-${tag}`, workload);
  return workload === "hot"
    ? planWorkload("hot", { ...shape, callers: burstCallers })
    : planWorkload("existing", shape);
}

/** Everybody's plan is the same, but with people of their own. */
function speedShape(stage: Stage, target: Target, plan: string, draw: string): WorkloadShape {
  return { ...shapeOf(stage, target, plan, `speed/${draw}`), callers, keys };
}

/** Calls at a constant rate, as users make them: nobody waits for anybody else's answer before asking. */
export async function openLoop(stage: Stage, target: Target): Promise<void> {
  const { rate, durationMs } = stage.settings;
  const count = Math.ceil((rate * durationMs) / 1_000);
  const turn: Turn = { workload: "zipf", tag: "open-loop" };
  const own = shapeOf(stage, target, "open-loop", "open-loop");
  const shape = { ...own, callers: count, keys: Math.max(1, Math.ceil(count / 4)) };
  const plan = await suited(stage, planOpenLoop(shape, rate, count), target);
  enter(stage, target, turn, plan.registers);
  await performBlock(stage, { wave: plan.waves[0] ?? [], target, turn }, { part: "open-loop" });
}
