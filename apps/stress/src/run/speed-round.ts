import type { Workload } from "../history/history-line.ts";
import { seededRandom } from "../speed/seeded-random.ts";
import { plainManner } from "../worker/orders.ts";
import { planWorkload } from "../workloads/plan-workload.ts";
import { range, shuffled, type WorkloadPlan } from "../workloads/workload-plan.ts";
import { measuredBlock, type MeasuredBlock } from "./measured-block.ts";
import { enter, performLoads } from "./perform.ts";
import type { Stage } from "./stage.ts";
import type { Target, Turn } from "./target.ts";

/** New chats and known ones in a closed loop, and a burst on one new chat. */
export const speedWorkloads = ["fresh", "existing", "hot"] as const satisfies readonly Workload[];

/** Callers of a closed loop, over all processes; more of them only measure each other on few cores. */
const callers = 16;
const keys = 96;
const burstCallers = 48;

interface Contestant {
  readonly target: Target;
  readonly twin: boolean;
}

/** The targets of one path, the first one twice: how far apart it is from itself is what a run can tell apart. */
export function contestants(targets: readonly Target[]): readonly Contestant[] {
  const own = targets.filter(({ variant }) => variant === "ours");
  return [
    ...targets.map((target) => ({ target, twin: false })),
    ...own.map((target) => ({ target, twin: true })),
  ];
}

/** A short block of every contestant, in a random order and with the same plan. */
export async function speedRound(
  stage: Stage,
  entrants: readonly Contestant[],
  workload: (typeof speedWorkloads)[number],
  round: number,
): Promise<readonly MeasuredBlock[]> {
  const path = entrants[0]?.target.path ?? "domain";
  const order = shuffled(entrants, seededRandom(stage.settings.seed, `order/${path}/${workload}/${round}`));
  const blocks: MeasuredBlock[] = [];
  for (const contestant of order) blocks.push(await speedBlock(stage, contestant, workload, round));
  return blocks;
}

async function speedBlock(
  stage: Stage,
  { target, twin }: Contestant,
  workload: (typeof speedWorkloads)[number],
  round: number,
): Promise<MeasuredBlock> {
  const isKnown = workload === "existing";
  const turn: Turn = isKnown ? knownTurn : { workload, tag: `round-${round}${twin ? "-twin" : ""}` };
  const plan = isKnown ? knownPlan(stage, target) : newPlan(stage, target, turn);
  if (!isKnown) enter(stage.observation, target, turn, plan.registers);
  const wave = plan.waves[isKnown ? 1 : 0] ?? [];
  const performed = await performLoads(stage, [{ wave, target, turn }], plainManner);
  return measuredBlock(performed, { target, workload, round, twin });
}

const knownTurn: Turn = { workload: "existing", tag: "known" };

/** Makes the chats that all rounds ask for again. */
export async function makeKnown(stage: Stage, target: Target): Promise<void> {
  const plan = knownPlan(stage, target);
  enter(stage.observation, target, knownTurn, plan.registers);
  await performLoads(stage, [{ wave: plan.waves[0] ?? [], target, turn: knownTurn }], plainManner);
}

function knownPlan({ settings, fleet }: Stage, target: Target): WorkloadPlan {
  return planWorkload("existing", {
    prefix: `${target.path}-known`,
    callers,
    keys,
    processes: fleet.size,
    random: seededRandom(settings.seed, "speed/known"),
  });
}

/** New chats are made by the callers of `existing`, each by one of them. */
function newPlan({ settings, fleet }: Stage, target: Target, { workload, tag }: Turn): WorkloadPlan {
  const shape = {
    prefix: `${target.path}-${workload}-${tag}`,
    processes: fleet.size,
    random: seededRandom(settings.seed, `speed/${workload}`),
  };
  return workload === "hot"
    ? planWorkload("hot", { ...shape, callers: burstCallers, keys: 1 })
    : planWorkload("existing", { ...shape, callers, keys });
}

/** Numbers of rounds that warm everything up and are not counted, and then of those that are. */
export function roundNumbers(count: number): {
  readonly warmUp: readonly number[];
  readonly counted: readonly number[];
} {
  return { warmUp: range(2).map((round) => -1 - round), counted: range(count) };
}
