import type { Stage } from "../run/stage.ts";
import type { FaultSetup } from "./fault-setup.ts";
import { domainTarget, httpTarget, type OpenedTargets, targetsOpened } from "./fault-targets.ts";

/** The engine is killed with -9 and started again on its files. The bare driver goes through the same. */
export async function databaseKill(stage: Stage): Promise<FaultSetup> {
  const { mongo } = stage.ground;
  return {
    ...(await everyWay(stage)),
    holdMs: 200,
    pauseMs: 80,
    inject: () => mongo.kill(),
    async heal(healed) {
      await mongo.restart();
      healed();
    },
  };
}

/** The engine stops for longer than anybody waits, then goes on with what it was doing. */
export async function databasePause(stage: Stage): Promise<FaultSetup> {
  const { mongo } = stage.ground;
  return {
    ...(await everyWay(stage)),
    holdMs: 1_500,
    pauseMs: 80,
    inject: () => mongo.pause(),
    heal(healed) {
      healed();
      mongo.resume();
    },
  };
}

/** All ways at once, so that one fault strikes them alike and what it does to them can be compared. */
async function everyWay(stage: Stage): Promise<OpenedTargets> {
  const { paths, variants } = stage.settings;
  const inside = paths.includes("domain") ? (["ours", "raw"] as const) : [];
  return targetsOpened(stage, [
    ...inside.filter((variant) => variants.includes(variant)).map((variant) => domainTarget(stage, variant)),
    ...(paths.includes("http") ? [httpTarget(stage)] : []),
  ]);
}
