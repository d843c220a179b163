import type { Stage } from "./stage.ts";
import { storm, type StormTime } from "./storm.ts";

/** What scenes leave behind for the result, besides what is in the history. */
export interface SceneNotes {
  readonly storms: StormTime[];
}

/** A part of a run. */
export interface Scene {
  readonly label: string;
  play(stage: Stage, notes: SceneNotes): Promise<void>;
}

export function newNotes(): SceneNotes {
  return { storms: [] };
}

/** The parts of a run in their order. */
export function scenesOf({ settings }: Pick<Stage, "settings">): readonly Scene[] {
  return settings.workloads
    .filter((workload) => workload !== "merge-race")
    .map((workload) => ({
      label: workload,
      async play(stage, notes) {
        notes.storms.push(...(await storm(stage, workload)));
      },
    }));
}
