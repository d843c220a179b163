import { seededRandom } from "../speed/seeded-random.ts";
import { plainManner } from "../worker/orders.ts";
import { paced } from "../workloads/paced.ts";
import { zipfCalls } from "../workloads/zipf.ts";
import { measuredBlock, type MeasuredBlock } from "./measured-block.ts";
import { enter, performLoads } from "./perform.ts";
import type { Stage } from "./stage.ts";
import type { Target, Turn } from "./target.ts";

/** Calls at a constant rate, as users make them: nobody waits for anybody else's answer before asking. */
export async function openLoop(stage: Stage, target: Target): Promise<MeasuredBlock> {
  const { seed, rate, durationMs } = stage.settings;
  const count = Math.ceil((rate * durationMs) / 1_000);
  const turn: Turn = { workload: "zipf", tag: "open-loop" };
  const { registers, calls } = zipfCalls(
    {
      prefix: `${target.path}-open-loop`,
      keys: Math.max(1, Math.ceil(count / 4)),
      random: seededRandom(seed, "open-loop"),
    },
    count,
  );
  enter(stage.observation, target, turn, registers);
  const wave = paced(calls, rate, stage.fleet.size);
  const performed = await performLoads(stage, [{ wave, target, turn }], plainManner);
  return measuredBlock(performed, { target, workload: turn.workload, round: null, twin: false });
}
