import { setTimeout as sleep } from "node:timers/promises";
import type { Manner, SeenOperation } from "../load/orders.ts";
import type { WorkloadPlan } from "../plan/workload-plan.ts";
import { fresh } from "../plan/workloads.ts";
import { enter, keyOf, type Load, performLoads } from "../run/perform.ts";
import { shapeOf, type Stage } from "../run/stage.ts";
import type { Target, Turn } from "../run/target.ts";
import { untilAnswered } from "../run/until-answered.ts";
import type { FaultSetup } from "./fault-setup.ts";
import type { PlannedFault } from "./plan-faults.ts";

const callers = 24;
/** Callers do not give up: whether they are answered in the end is a finding. */
const persistMs = 20_000;
const enoughStruck = 3;

/**
 * Callers ask without end for new chats, two or three for each at the same time; the fault strikes in the middle and
 * is healed, whatever happens; callers go on until they were seen to be answered again on every way.
 */
export async function strike(stage: Stage, planned: PlannedFault, repeat: number): Promise<void> {
  await using setup = await planned.open(stage);
  const turn: Turn = { workload: "fresh", tag: tagOf(planned, repeat) };
  const { durationMs } = stage.settings;
  const plans = setup.targets.map((target) => {
    const plan = planOf(stage, `${target.path}-${turn.tag}`, setup);
    return { target, turn, plan, wave: plan.waves[0] ?? [] };
  });
  const load = loadOf(stage, plans, { persistMs, pauseMs: setup.pauseMs });
  const wait = { leastMs: durationMs / 4, mostMs: persistMs };
  try {
    if (setup.strikesFirst !== true) {
      load.begin();
      await untilAnswered(stage, setup.targets, wait);
    }
    await injectAndHeal(stage, planned, setup, async () => {
      load.begin();
      if (setup.strikesFirst === true)
        await untilAnswered(stage, setup.targets, { ...wait, counts: () => true });
    });
    await untilAnswered(stage, setup.targets, { ...wait, leastMs: durationMs / 2 });
  } finally {
    await load.end();
  }
}

interface PlannedLoad extends Load {
  readonly plan: WorkloadPlan;
}

/** Begins once, however often it is told to; at its end the people who were asked about are written down. */
function loadOf(
  stage: Stage,
  plans: readonly PlannedLoad[],
  manner: Manner,
): { readonly begin: () => void; readonly end: () => Promise<void> } {
  let running: ReturnType<typeof performLoads> | null = null;
  return {
    begin() {
      running ??= performLoads(stage, plans, manner);
      // Whoever waits for it at the end hears of a failure that came before.
      running.catch(() => undefined);
    },
    async end() {
      await stage.fleet.stop();
      const operations = (await running)?.operations ?? [];
      for (const { target, turn, plan } of plans)
        enter(stage, target, turn, askedOf(plan, operations, target, turn));
    },
  };
}

function tagOf({ fault, target }: PlannedFault, repeat: number): string {
  return `${fault}-${target.toLowerCase().replaceAll(" ", "-")}-${repeat}`;
}

/** With rather more calls than a caller will get to. */
function planOf(
  stage: Stage,
  plan: string,
  { holdMs, pauseMs }: Pick<FaultSetup, "holdMs" | "pauseMs">,
): WorkloadPlan {
  const walks = Math.max(1, Math.floor(callers / stage.fleet.size));
  const callsOfWalk = Math.ceil((stage.settings.durationMs + holdMs) / (pauseMs / 2.4));
  return fresh({ ...shapeOf(stage, plan), callers, keys: walks * callsOfWalk });
}

async function injectAndHeal(
  { recorder, clock, host: { signal } }: Stage,
  { fault, target }: PlannedFault,
  setup: FaultSetup,
  onInjected: () => Promise<void>,
): Promise<void> {
  const tell = (event: "inject" | "heal"): void => {
    const struck = event === "heal" ? setup.struck?.() : undefined;
    recorder.note({
      type: "fault",
      fault,
      target,
      event,
      at: clock.now(),
      ...(struck === undefined ? {} : { struck }),
    });
  };
  tell("inject");
  try {
    await setup.inject();
    await onInjected();
    await sleep(setup.holdMs, undefined, { signal });
    await untilStruck(setup, signal);
  } finally {
    await setup.heal(() => tell("heal"));
  }
}

/** On a busy machine calls are few, and a fault may have to wait for some. */
async function untilStruck({ struck }: FaultSetup, signal: AbortSignal): Promise<void> {
  if (struck === undefined) return;
  const patience = AbortSignal.timeout(persistMs);
  while (struck() < enoughStruck && !patience.aborted) await sleep(20, undefined, { signal });
}

/** Only people who were asked about: the plan has more than there was time for. */
function askedOf(
  { registers }: WorkloadPlan,
  operations: readonly SeenOperation[],
  target: Target,
  turn: Turn,
): WorkloadPlan["registers"] {
  const asked = new Set(operations.map(({ key }) => key));
  return registers.filter(({ name }) => asked.has(keyOf(name, target, turn)));
}
