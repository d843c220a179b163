import { range } from "d3-array";
import { planFaults } from "../faults/plan-faults.ts";
import { strike } from "../faults/strike.ts";
import { mergeRace } from "./merge-race.ts";
import { compareSpeed, openLoop } from "./speed.ts";
import type { Stage } from "./stage.ts";
import type { Shortcomings } from "./stopped.ts";
import { needOf, storm } from "./storms.ts";

export interface Scene {
  readonly label: string;
  readonly play: () => Promise<void>;
}

export interface Scenes extends Shortcomings {
  readonly scenes: readonly Scene[];
}

/** The parts of a run in their order. Faults come last: nothing that is measured comes after them. */
export function scenesOf(stage: Stage): Scenes {
  const { planned, omissions, notes } = planFaults(stage);
  const storms = stormScenes(stage);
  const faults = range(stage.settings.repeats).flatMap((repeat) =>
    planned.map((fault) => ({
      label: `${fault.fault}, ${fault.target}`,
      play: () => strike(stage, fault, repeat),
    })),
  );
  return {
    scenes: [...storms.scenes, ...mergeScenes(stage), ...speedScenes(stage), ...faults],
    omissions,
    notes: [...storms.notes, ...notes],
  };
}

function stormScenes(stage: Stage): Pick<Scenes, "scenes" | "notes"> {
  const subject = stage.targets.filter(({ variant }) => variant === "ours");
  const scenes: Scene[] = [];
  const notes: string[] = [];
  for (const workload of stage.settings.workloads) {
    const need = needOf(workload);
    const isOffered =
      subject.length === 0 || subject.some(({ offers }) => need === null || offers.includes(need));
    if (!isOffered) notes.push(`no calls of ${workload}: the subject does not offer ${need}`);
    else if (workload !== "merge-race") scenes.push({ label: workload, play: () => storm(stage, workload) });
  }
  return { scenes, notes };
}

function mergeScenes(stage: Stage): readonly Scene[] {
  const { workloads, variants, repeats, subject, accounts } = stage.settings;
  if (!workloads.includes("merge-race") || !variants.includes("ours")) return [];
  if (subject.kind !== "onechat" || accounts !== null) return [];
  return range(repeats).map((repeat) => ({ label: "merge-race", play: () => mergeRace(stage, repeat) }));
}

function speedScenes(stage: Stage): readonly Scene[] {
  const { paths, rounds, rate } = stage.settings;
  const comparisons = paths.map((path) => ({
    label: `speed, ${path}`,
    play: () => compareSpeed(stage, path),
  }));
  const open: Scene = {
    label: `${rate} calls per second`,
    async play() {
      for (const target of stage.targets) if (target.variant !== "naive") await openLoop(stage, target);
    },
  };
  return [...(rounds > 0 ? comparisons : []), ...(rate > 0 ? [open] : [])];
}
