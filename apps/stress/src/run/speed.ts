import type { Path } from "../history/operation.ts";
import type { MeasuredBlock } from "./measured-block.ts";
import { contestants, makeKnown, roundNumbers, speedRound, speedWorkloads } from "./speed-round.ts";
import type { Stage } from "./stage.ts";

/** Compares the targets of a path with each other, in many short rounds. */
export async function compareSpeed(stage: Stage, path: Path): Promise<readonly MeasuredBlock[]> {
  const entrants = contestants(stage.targets.filter((target) => target.path === path));
  for (const { target, twin } of entrants) if (!twin) await makeKnown(stage, target);
  const { warmUp, counted } = roundNumbers(stage.settings.rounds);
  for (const round of warmUp)
    for (const workload of speedWorkloads) await speedRound(stage, entrants, workload, round);
  const blocks: MeasuredBlock[] = [];
  for (const round of counted)
    for (const workload of speedWorkloads)
      blocks.push(...(await speedRound(stage, entrants, workload, round)));
  return blocks;
}
