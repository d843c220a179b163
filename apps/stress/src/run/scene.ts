import { planFaults } from "../faults/plan-faults.ts";
import { strike } from "../faults/strike.ts";
import type { Ground } from "./ground.ts";
import { mergeRace } from "./merge-race.ts";
import type { RunSettings } from "./run-settings.ts";
import type { Stage } from "./stage.ts";
import { storm, type StormTime } from "./storm.ts";

/** What scenes leave behind for the result, besides what is in the history. */
export interface SceneNotes {
  readonly storms: StormTime[];
  /** What could not be done, a sentence each. */
  readonly omissions: string[];
}

/** A part of a run. */
export interface Scene {
  readonly label: string;
  readonly play: (stage: Stage, notes: SceneNotes) => Promise<void>;
}

export function newNotes(): SceneNotes {
  return { storms: [], omissions: [] };
}

/** The parts of a run in their order, and what cannot be part of it here. */
export function scenesOf(
  settings: RunSettings,
  { mongo }: Pick<Ground, "mongo">,
): { readonly scenes: readonly Scene[]; readonly omissions: readonly string[] } {
  const { planned, omissions } = planFaults(settings, mongo);
  const storms = settings.workloads
    .filter((workload) => workload !== "merge-race")
    .map((workload): Scene => ({
      label: workload,
      async play(stage, notes) {
        notes.storms.push(...(await storm(stage, workload)));
      },
    }));
  const repeats = Array.from({ length: settings.repeats }, (_, repeat) => repeat);
  const merges =
    settings.workloads.includes("merge-race") && settings.variants.includes("ours") ? repeats : [];
  const faults = repeats.map((repeat) =>
    planned.map((fault): Scene => ({
      label: `${fault.fault}, ${fault.target}`,
      play: (stage) => strike(stage, fault, repeat),
    })),
  );
  const mergeScenes = merges.map((repeat): Scene => ({
    label: "merge-race",
    play: (stage) => mergeRace(stage, repeat),
  }));
  return { scenes: [...storms, ...mergeScenes, ...faults.flat()], omissions };
}
