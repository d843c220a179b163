import type { Stage } from "../run/stage.ts";
import { RunStopped } from "../run/stopped.ts";
import type { FaultSetup } from "./fault-setup.ts";
import { domainWay, httpWay, type OpenedTargets, openTargets } from "./fault-targets.ts";

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

/** How long a primary that has stepped down may not be elected again. */
const stepDownSeconds = 3;

/** The primary of a replica set gives way to another member, as on every upgrade and many a network fault. */
export async function stepDown(stage: Stage): Promise<FaultSetup> {
  const { admin } = stage.ground;
  return {
    ...(await everyWay(stage)),
    holdMs: 1_000,
    pauseMs: 80,
    async inject() {
      // The connection it is told on is closed by it.
      const told = admin.db("admin").command({ replSetStepDown: stepDownSeconds, force: true });
      await told.catch((error: unknown) => {
        if (error instanceof Error && /not authorized|requires authentication/i.test(error.message))
          throw new RunStopped(`the user may not step a primary down: ${error.message}`, { cause: error });
      });
    },
    async heal(healed) {
      await admin.ping();
      healed();
    },
  };
}

/** All ways at once, so that one fault strikes them alike and what it does to them can be compared. */
async function everyWay(stage: Stage): Promise<OpenedTargets> {
  const { paths, variants } = stage.settings;
  const inside = paths.includes("domain") ? (["ours", "raw"] as const) : [];
  return openTargets(stage, [
    ...inside.filter((variant) => variants.includes(variant)).map((variant) => domainWay(stage, variant)),
    ...(paths.includes("http") ? [httpWay(stage)] : []),
  ]);
}
