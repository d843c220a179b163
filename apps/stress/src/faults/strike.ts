import { setTimeout as sleep } from "node:timers/promises";
import type { WorkloadPlan, WorkloadShape } from "../plan/workload-plan.ts";
import { fresh } from "../plan/workloads.ts";
import { enter, keyOf, type Performed, performLoads } from "../run/perform.ts";
import { shapeOf, type Stage } from "../run/stage.ts";
import type { Target, Turn } from "../run/ways.ts";
import { openAdmin } from "../stores/admin.ts";
import { type Patience, untilAnswered } from "../run/until-answered.ts";
import type { FaultSetup } from "./fault-targets.ts";
import { type ControlCalls, whileWatched } from "./measure-machine.ts";
import type { PlannedFault } from "./plan-faults.ts";

const callers = 24;
/** Callers do not give up: whether they are answered in the end is a finding. */
const persistMs = 20_000;
const enoughStruck = 3;

/** Whether somebody is stuck afterwards can only be said of a machine that is known not to be. */
export async function strike(stage: Stage, planned: PlannedFault, repeat: number): Promise<void> {
  const { recorder, clock, host } = stage;
  await using setup = await planned.open(stage);
  await using controls = openControls(stage, setup.targets);
  const place = planned.target.toLowerCase().replaceAll(" ", "-");
  const turn: Turn = { workload: "fresh", tag: `${planned.fault}-${place}-${repeat}` };
  await whileWatched(() => strikeCalls(stage, planned, setup, turn), {
    measure: host.measureMachine,
    calls: controls.calls,
    now: clock.now,
    onReading: (reading) => recorder.note({ type: "machine", ...reading }),
  });
}

/**
 * Callers ask without end for new chats, two or three for each at the same time; the fault strikes in the middle and
 * is healed, whatever happens; callers go on until they were seen to be answered again on every way.
 */
async function strikeCalls(
  stage: Stage,
  planned: PlannedFault,
  setup: FaultSetup,
  turn: Turn,
): Promise<void> {
  const { fleet, settings } = stage;
  const loads = setup.targets.map((target) => {
    const plan = planOf(stage, shapeOf(stage, target, turn.tag), setup);
    return { target, turn, plan, wave: plan.waves[0] ?? [] };
  });
  const wait = { leastMs: settings.durationMs / 4, mostMs: persistMs };
  const begun: Promise<Performed>[] = [];
  const begin = (patience: Patience): Promise<void> => {
    const running = performLoads(stage, loads, { persistMs, pauseMs: setup.pauseMs });
    // Whoever waits for it at the end hears of a failure that came before.
    running.catch(() => undefined);
    begun.push(running);
    return untilAnswered(stage, setup.targets, patience);
  };
  try {
    if (setup.strikesFirst !== true) await begin(wait);
    await injectAndHeal(stage, planned, setup, async () => {
      if (setup.strikesFirst === true) await begin({ ...wait, counts: () => true });
    });
    await untilAnswered(stage, setup.targets, { ...wait, leastMs: settings.durationMs / 2 });
  } finally {
    await fleet.stop();
    const performed = await Promise.all(begun);
    // Only people who were asked about: the plan has more than there was time for.
    const asked = new Set(performed.flatMap(({ operations }) => operations.map(({ key }) => key)));
    for (const { target, plan } of loads) {
      const known = plan.registers.filter(({ name }) => asked.has(keyOf(name, target, turn)));
      enter(stage, target, turn, known);
    }
  }
}

/** With rather more calls than a caller will get to. */
function planOf(
  { settings, fleet }: Stage,
  shape: WorkloadShape,
  { holdMs, pauseMs }: Pick<FaultSetup, "holdMs" | "pauseMs">,
): WorkloadPlan {
  const walks = Math.max(1, Math.floor(callers / fleet.size));
  const callsOfWalk = Math.ceil((settings.durationMs + holdMs) / (pauseMs / 2.4));
  return fresh({ ...shape, callers, keys: walks * callsOfWalk });
}

async function injectAndHeal(
  { recorder, clock, host: { signal } }: Stage,
  { fault, target }: PlannedFault,
  { inject, heal, holdMs, struck }: FaultSetup,
  onInjected: () => Promise<void>,
): Promise<void> {
  const about = { type: "fault", fault, target } as const;
  recorder.note({ ...about, event: "inject", at: clock.now() });
  try {
    await inject();
    await onInjected();
    await sleep(holdMs, undefined, { signal });
    if (struck !== undefined) await untilStruck(struck, signal);
  } finally {
    await heal();
    const counted = struck === undefined ? {} : { struck: struck() };
    recorder.note({ ...about, event: "heal", at: clock.now(), ...counted });
  }
}

/** On a busy machine calls are few, and a fault may have to wait for some. */
async function untilStruck(struck: () => number, signal: AbortSignal): Promise<void> {
  const patience = AbortSignal.timeout(persistMs);
  while (struck() < enoughStruck && !patience.aborted) await sleep(20, undefined, { signal });
}

/**
 * Calls beside those of the callers, to the database and over the ways that callers take. Nothing of the packages under
 * test is asked, except whether the API's processes are there.
 */
function openControls({ ground }: Stage, targets: readonly Target[]) {
  const { mongo, admin, databaseOf } = ground;
  const urls = targets.flatMap(({ route }) => (route.to === "api" ? route.place.urls : []));
  const uris = targets.flatMap(({ route }) => (route.to === "database" ? route.place.uri : []));
  const proxied = uris.find((uri) => uri !== mongo.uri);
  const hop = proxied === undefined ? null : openAdmin(proxied);
  const calls: ControlCalls = {
    database: () => admin.write(databaseOf("control")),
    ...(hop === null ? {} : { hop: () => hop.ping() }),
    ...(urls.length === 0 ? {} : { api: (signal) => everyApi(urls, signal) }),
  };
  return { calls, [Symbol.asyncDispose]: async () => hop?.[Symbol.asyncDispose]() };
}

async function everyApi(urls: readonly string[], signal: AbortSignal): Promise<void> {
  await Promise.all(
    urls.map(async (url) => {
      const answer = await fetch(`${url}/livez`, { signal });
      await answer.arrayBuffer();
    }),
  );
}
