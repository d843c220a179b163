import type { Workload } from "../history/history-line.ts";
import { seededRandom } from "../speed/seeded-random.ts";
import { planWorkload } from "../workloads/plan-workload.ts";
import { shuffled } from "../workloads/workload-plan.ts";
import { performPlan } from "./perform.ts";
import type { Stage } from "./stage.ts";
import type { Target } from "./target.ts";

/** How long a target took for the first wave of a workload: from the release to the last answer. */
export interface StormTime {
  readonly workload: Workload;
  readonly repeat: number;
  readonly target: Target;
  readonly calls: number;
  readonly wallMs: number;
}

/** One workload on every target, with the same plan and in a random order, as often as the profile says. */
export async function storm(stage: Stage, workload: Workload): Promise<readonly StormTime[]> {
  const times: StormTime[] = [];
  const { seed, repeats, hotRepeats } = stage.settings;
  for (let repeat = 0; repeat < (workload === "hot" ? hotRepeats : repeats); repeat += 1) {
    const order = shuffled(stage.targets, seededRandom(seed, `order/${workload}/${repeat}`));
    for (const target of order) times.push(await stormOnce(stage, workload, repeat, target));
  }
  return times;
}

async function stormOnce(
  stage: Stage,
  workload: Workload,
  repeat: number,
  target: Target,
): Promise<StormTime> {
  const { seed, callers, keys } = stage.settings;
  const plan = planWorkload(workload, {
    prefix: `${target.path}-${workload}-${repeat}`,
    callers,
    keys,
    processes: stage.fleet.size,
    random: seededRandom(seed, `${workload}/${repeat}`),
  });
  const [first] = await performPlan(stage, plan, target, { workload, tag: String(repeat) });
  if (first === undefined) throw new Error(`the plan of ${workload} is empty`);
  const end = first.operations.reduce((latest, operation) => Math.max(latest, operation.end), first.at);
  return { workload, repeat, target, calls: first.operations.length, wallMs: (end - first.at) / 1e6 };
}
