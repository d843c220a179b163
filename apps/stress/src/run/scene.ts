import { type PlannedFault, planFaults } from "../faults/plan-faults.ts";
import { strike } from "../faults/strike.ts";
import { controlCaller } from "../machine/control-calls.ts";
import { whileWatched } from "../machine/while-watched.ts";
import { range } from "../workloads/workload-plan.ts";
import type { Ground } from "./ground.ts";
import type { MeasuredBlock } from "./measured-block.ts";
import { mergeRace } from "./merge-race.ts";
import { openLoop } from "./open-loop.ts";
import type { RunSettings } from "./run-settings.ts";
import { compareSpeed } from "./speed.ts";
import type { Stage } from "./stage.ts";
import { storm, type StormTime } from "./storm.ts";

/** What scenes leave behind for the result, besides what is in the history. */
export interface SceneNotes {
  readonly storms: StormTime[];
  readonly blocks: MeasuredBlock[];
  /** What could not be done, a sentence each. */
  readonly omissions: string[];
}

/** A part of a run. */
export interface Scene {
  readonly label: string;
  readonly play: (stage: Stage, notes: SceneNotes) => Promise<void>;
}

export function newNotes(): SceneNotes {
  return { storms: [], blocks: [], omissions: [] };
}

/** The parts of a run in their order, and what cannot be part of it here. */
export function scenesOf(
  settings: RunSettings,
  { mongo }: Pick<Ground, "mongo">,
): { readonly scenes: readonly Scene[]; readonly omissions: readonly string[] } {
  const { planned, omissions } = planFaults(settings, mongo);
  const faults = range(settings.repeats).flatMap((repeat) =>
    planned.map((fault) => ({
      label: `${fault.fault}, ${fault.target}`,
      play: (stage: Stage) => watchedStrike(stage, fault, repeat),
    })),
  );
  // Faults last: nothing that is measured comes after them.
  const scenes = [...stormScenes(settings), ...mergeScenes(settings), ...speedScenes(settings), ...faults];
  return { scenes, omissions };
}

/** Whether somebody is stuck afterwards can only be said of a machine that is known not to be. */
async function watchedStrike(stage: Stage, fault: PlannedFault, repeat: number): Promise<void> {
  const { ground, fleet, observation, clock, measureMachine } = stage;
  await using caller = controlCaller({
    uri: ground.mongo.uri,
    write: () => ground.admin.write(ground.databaseOf("control")),
  });
  await whileWatched(() => strike(stage, fault, repeat), {
    measure: measureMachine,
    calls: () => caller.callsBeside(fleet.coldRoutes()),
    now: clock.now,
    onReading: observation.machine,
  });
}

function stormScenes({ workloads }: RunSettings): readonly Scene[] {
  return workloads
    .filter((workload) => workload !== "merge-race")
    .map((workload) => ({
      label: workload,
      async play(stage, notes) {
        notes.storms.push(...(await storm(stage, workload)));
      },
    }));
}

function mergeScenes({ workloads, variants, repeats }: RunSettings): readonly Scene[] {
  if (!workloads.includes("merge-race") || !variants.includes("ours")) return [];
  return range(repeats).map((repeat) => ({
    label: "merge-race",
    play: (stage) => mergeRace(stage, repeat),
  }));
}

function speedScenes({ paths, rounds, rate }: RunSettings): readonly Scene[] {
  const comparisons = paths.map((path): Scene => ({
    label: `speed, ${path}`,
    async play(stage, notes) {
      notes.blocks.push(...(await compareSpeed(stage, path)));
    },
  }));
  const open: Scene = {
    label: `${rate} calls per second`,
    async play(stage, notes) {
      for (const target of stage.targets)
        if (target.variant !== "naive") notes.blocks.push(await openLoop(stage, target));
    },
  };
  return [...(rounds > 0 ? comparisons : []), ...(rate > 0 ? [open] : [])];
}
