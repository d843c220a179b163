import type { Workload } from "../history/history-line.ts";
import { plainManner } from "../load/orders.ts";
import { shuffled, type WorkloadPlan } from "../plan/workload-plan.ts";
import { planWorkload } from "../plan/workloads.ts";
import { seededRandom } from "../seeded-random.ts";
import type { Offer } from "../stores/store.ts";
import { enter, keyOf, performBlock, performLoads, suited } from "./perform.ts";
import { shapeOf, type Stage } from "./stage.ts";
import { isBuild, type Target, type Turn } from "./ways.ts";

/** They ask whether the subject is right, and say nothing of how much that is worth: no control need be asked. */
const ofSubjectAlone: ReadonlySet<Workload> = new Set(["odd-ids", "flood", "removed"]);

/** One workload on every target that it says something of, with the same plan and in a random order, as often as the profile says. */
export async function storm(stage: Stage, workload: Workload): Promise<void> {
  const { seed, repeats, hotRepeats } = stage.settings;
  const need = needOf(workload);
  // The other build too: a service that has hardly been asked yet would look slower than it is.
  const targets = [...stage.targets, ...stage.base].filter(
    ({ variant, offers }) =>
      (isBuild(variant) || !ofSubjectAlone.has(workload)) && (need === null || offers.includes(need)),
  );
  for (let repeat = 0; repeat < (workload === "hot" ? hotRepeats : repeats); repeat += 1) {
    const order = shuffled(targets, seededRandom(seed, `order/${workload}/${repeat}`));
    for (const target of order) await stormOnce(stage, { workload, tag: String(repeat) }, target);
  }
}

/** What a store has to offer for a workload to make sense. */
export function needOf(workload: Workload): Offer | null {
  if (workload === "removed") return "remove";
  return workload === "scopes" ? "scopes" : null;
}

async function stormOnce(stage: Stage, turn: Turn, target: Target): Promise<void> {
  const { workload, tag } = turn;
  // Paths may share a database, in which no two chats from before may have one id.
  const draw = `${workload}/${tag}${ofSubjectAlone.has(workload) ? target.path : ""}`;
  const planned = planWorkload(workload, shapeOf(stage, target, `${workload}-${tag}`, draw));
  const plan = await suited(stage, planned, target);
  if (workload === "removed") return await removal(stage, turn, target, plan);
  enter(stage, target, turn, plan.registers);
  for (const [wave, lanes] of plan.waves.entries())
    if (lanes.length > 0) await performBlock(stage, { wave: lanes, target, turn }, { part: "storm", wave });
}

/** Everybody asks; each chat is removed while nobody does; everybody asks again, and must be told of a new one. */
async function removal(stage: Stage, turn: Turn, target: Target, plan: WorkloadPlan): Promise<void> {
  const [before = [], removing = [], after = []] = plan.waves;
  const leaving = plan.registers.map((register) => ({ ...register, removedAtEnd: true as const }));
  enter(stage, target, turn, leaving);
  await performBlock(stage, { wave: before, target, turn }, { part: "storm" });
  const { operations } = await performLoads(stage, [{ wave: removing, target, turn }], plainManner);
  const removals = operations.filter(({ kind, outcome }) => kind === "remove" && outcome === "ok");
  const removed = new Map(removals.map(({ key, asked }) => [key, asked]));
  const again: Turn = { ...turn, tag: `${turn.tag}-again` };
  const gone = plan.registers.flatMap((register) => {
    const id = removed.get(keyOf(register.name, target, turn)) ?? null;
    return id === null ? [] : [{ ...register, removed: [id] }];
  });
  enter(stage, target, again, gone);
  const names = new Set(gone.map(({ name }) => name));
  const wave = after.map((lane) => {
    return { ...lane, calls: lane.calls.filter(({ register }) => names.has(register)) };
  });
  await performBlock(stage, { wave, target, turn: again }, { part: "storm", wave: 1 });
}
