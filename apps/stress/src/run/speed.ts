import type { Path } from "../history/operation.ts";
import type { MeasuredBlock } from "./measured-block.ts";
import { contestants, makeKnown, roundNumbers, speedRound, speedWorkloads } from "./speed-round.ts";
import type { Stage } from "./stage.ts";

/** With fewer rounds there is no interval to speak of. */
const leastRounds = 8;

/**
 * Compares the targets of a path with each other, in many short rounds: as many as were asked for, or as there is time
 * for.
 */
export async function compareSpeed(stage: Stage, path: Path): Promise<readonly MeasuredBlock[]> {
  const entrants = contestants(stage.targets.filter((target) => target.path === path));
  for (const { target, twin } of entrants) if (!twin) await makeKnown(stage, target);
  const endsAt = stage.clock.now() + stage.settings.speedMs * 1e6;
  const { warmUp, counted } = roundNumbers(stage.settings.rounds);
  for (const round of warmUp) await everyWorkload(stage, entrants, round);
  const blocks: MeasuredBlock[] = [];
  for (const round of counted) {
    if (round >= leastRounds && stage.clock.now() > endsAt) break;
    blocks.push(...(await everyWorkload(stage, entrants, round)));
  }
  return blocks;
}

async function everyWorkload(
  stage: Stage,
  entrants: ReturnType<typeof contestants>,
  round: number,
): Promise<readonly MeasuredBlock[]> {
  const blocks: MeasuredBlock[] = [];
  for (const workload of speedWorkloads) blocks.push(...(await speedRound(stage, entrants, workload, round)));
  return blocks;
}
