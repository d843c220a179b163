import type { Workload } from "../history/history-line.ts";
import { plainManner, type SeenOperation } from "../load/orders.ts";
import { type Lane, shuffled, type WorkloadPlan } from "../plan/workload-plan.ts";
import { planWorkload } from "../plan/workloads.ts";
import { seededRandom } from "../seeded-random.ts";
import type { Offer } from "../stores/store.ts";
import { enter, keyOf, performBlock, performLoads, suited } from "./perform.ts";
import { shapeOf, type Stage } from "./stage.ts";
import type { Target, Turn } from "./target.ts";

/** They ask whether the subject is right, and say nothing of how much that is worth: no control need be asked. */
const ofSubjectAlone: ReadonlySet<Workload> = new Set(["odd-ids", "flood", "removed"]);

/** One workload on every target that it says something of, with the same plan and in a random order, as often as the profile says. */
export async function storm(stage: Stage, workload: Workload): Promise<void> {
  const { seed, repeats, hotRepeats } = stage.settings;
  const need = needOf(workload);
  const targets = stage.targets.filter(
    ({ variant, offers }) =>
      (variant === "ours" || !ofSubjectAlone.has(workload)) && (need === null || offers.includes(need)),
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
  const planned = planWorkload(workload, shapeOf(stage, `${target.path}-${workload}-${tag}`, draw));
  const plan = await suited(stage, planned, target);
  if (workload === "removed") return await removal(stage, { target, turn, plan });
  enter(stage, target, turn, plan.registers);
  for (const [wave, lanes] of plan.waves.entries())
    if (lanes.length > 0) await performBlock(stage, { wave: lanes, target, turn }, { part: "storm", wave });
}

interface Removal {
  readonly target: Target;
  readonly turn: Turn;
  readonly plan: WorkloadPlan;
}

/** Everybody asks; each chat is removed while nobody does; everybody asks again, and must be told of a new one. */
async function removal(stage: Stage, { target, turn, plan }: Removal): Promise<void> {
  const [before = [], after = []] = plan.waves;
  enter(
    stage,
    target,
    turn,
    plan.registers.map((register) => ({ ...register, removedAtEnd: true as const })),
  );
  const asked = await performBlock(stage, { wave: before, target, turn }, { part: "storm" });
  const idOf = new Map(asked.operations.flatMap(({ key, id }) => (id === null ? [] : [[key, id] as const])));
  const removedIds = await removeEach(stage, { target, turn, plan }, idOf);
  const again: Turn = { ...turn, tag: `${turn.tag}-again` };
  const gone = plan.registers.filter(({ name }) => removedIds.has(name));
  enter(
    stage,
    target,
    again,
    gone.map((register) => ({ ...register, removed: [removedIds.get(register.name) ?? ""] })),
  );
  const names = new Set(gone.map(({ name }) => name));
  const wave = after.map((lane) => ({
    ...lane,
    calls: lane.calls.filter(({ register }) => names.has(register)),
  }));
  await performBlock(stage, { wave, target, turn: again }, { part: "storm", wave: 1 });
}

/** By name, the ids that are gone now. */
async function removeEach(
  stage: Stage,
  { target, turn, plan }: Removal,
  idOf: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const { fleet } = stage;
  const removing = plan.registers.flatMap(({ name, participants, scope }) => {
    const asked = idOf.get(keyOf(name, target, turn));
    return asked === undefined ? [] : [{ name, participants, scope, asked }];
  });
  const wave = removing.map(({ name, ...call }, n): Lane => ({
    process: n % fleet.size,
    due: null,
    calls: [{ ...call, register: name, kind: "remove", patienceMs: null }],
  }));
  const { operations } = await performLoads(stage, [{ wave, target, turn }], plainManner);
  const gone = new Set(operations.filter(wasRemoved).map(({ key }) => key));
  return new Map(
    removing
      .filter(({ name }) => gone.has(keyOf(name, target, turn)))
      .map(({ name, asked }) => [name, asked]),
  );
}

function wasRemoved({ kind, outcome }: SeenOperation): boolean {
  return kind === "remove" && outcome === "ok";
}
