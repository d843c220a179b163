import { planFaults, type PlannedFault } from "../faults/plan-faults.ts";
import { strike } from "../faults/strike.ts";
import { controlCaller } from "../faults/control-calls.ts";
import { whileWatched } from "../faults/measure-machine.ts";
import type { Workload } from "../history/history-line.ts";
import type { RunSettings } from "../plan/run-settings.ts";
import { range } from "../plan/workload-plan.ts";
import { mergeRace } from "./merge-race.ts";
import { compareSpeed, openLoop } from "./speed.ts";
import type { Stage } from "./stage.ts";
import { needOf, storm } from "./storms.ts";

/** A part of a run. */
export interface Scene {
  readonly label: string;
  readonly play: (stage: Stage) => Promise<void>;
}

export interface Scenes {
  readonly scenes: readonly Scene[];
  /** What was asked for and cannot be done here, a sentence each. */
  readonly omissions: readonly string[];
  /** What is left out because nobody can do it here, and nobody asked for it by name. */
  readonly notes: readonly string[];
}

/** The parts of a run in their order. Faults come last: nothing that is measured comes after them. */
export function scenesOf(stage: Stage): Scenes {
  const { settings } = stage;
  const { planned, omissions, notes } = planFaults(stage);
  const faults = range(settings.repeats).flatMap((repeat) =>
    planned.map((fault) => ({
      label: `${fault.fault}, ${fault.target}`,
      play: () => watchedStrike(stage, fault, repeat),
    })),
  );
  const storms = stormScenes(stage);
  return {
    scenes: [...storms.scenes, ...mergeScenes(settings), ...speedScenes(settings), ...faults],
    omissions,
    notes: [...storms.notes, ...notes],
  };
}

/** Whether somebody is stuck afterwards can only be said of a machine that is known not to be. */
async function watchedStrike(stage: Stage, fault: PlannedFault, repeat: number): Promise<void> {
  const { ground, fleet, recorder, clock, host } = stage;
  await using caller = controlCaller({
    uri: ground.mongo.uri,
    write: () => ground.admin.write(ground.databaseOf("control")),
  });
  await whileWatched(() => strike(stage, fault, repeat), {
    measure: host.measureMachine,
    calls: () => caller.callsBeside(fleet.coldRoutes()),
    now: clock.now,
    onReading: (reading) => recorder.note({ type: "machine", ...reading }),
  });
}

/** A workload needs that the subject offers what it asks for. */
function stormScenes({ settings, targets }: Stage): Pick<Scenes, "scenes" | "notes"> {
  const subject = targets.filter(({ variant }) => variant === "ours");
  const lacking = (workload: Workload): string | null => {
    const need = needOf(workload);
    return need !== null && subject.length > 0 && subject.every(({ offers }) => !offers.includes(need))
      ? need
      : null;
  };
  const storms = settings.workloads.filter((workload) => workload !== "merge-race");
  return {
    scenes: storms
      .filter((workload) => lacking(workload) === null)
      .map((workload) => ({ label: workload, play: (stage) => storm(stage, workload) })),
    notes: storms.flatMap((workload) =>
      lacking(workload) === null
        ? []
        : [`no calls of ${workload}: the subject does not offer ${lacking(workload)}`],
    ),
  };
}

function mergeScenes({ workloads, variants, repeats, subject, accounts }: RunSettings): readonly Scene[] {
  if (!workloads.includes("merge-race") || !variants.includes("ours")) return [];
  if (subject.kind !== "onechat" || accounts !== null) return [];
  return range(repeats).map((repeat) => ({ label: "merge-race", play: (stage) => mergeRace(stage, repeat) }));
}

function speedScenes({ paths, rounds, rate }: RunSettings): readonly Scene[] {
  const comparisons = paths.map((path): Scene => ({
    label: `speed, ${path}`,
    play: (stage) => compareSpeed(stage, path),
  }));
  const open: Scene = {
    label: `${rate} calls per second`,
    async play(stage) {
      for (const target of stage.targets) if (target.variant !== "naive") await openLoop(stage, target);
    },
  };
  return [...(rounds > 0 ? comparisons : []), ...(rate > 0 ? [open] : [])];
}
