import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ApiProcess } from "../load/api-process.ts";
import type { Stage } from "../run/stage.ts";
import { messageOf, RunStopped } from "../run/stopped.ts";
import type { FaultSetup } from "./fault-setup.ts";
import { domainWay, httpWay, type OpenedTargets, openTargets, subjectWays } from "./fault-targets.ts";

/** The longest pause of a caller between two calls; over HTTP calls take longer. */
const pauses = { api: 120, database: 80 } as const;

/** One of the API's processes. */
async function apiOf(stage: Stage): Promise<{ readonly api: ApiProcess; readonly opened: OpenedTargets }> {
  const [api] = stage.apis?.processes ?? [];
  if (api === undefined) throw new Error("no API process is running");
  return { api, opened: await openTargets(stage, [httpWay(stage)]) };
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

type Killed = Pick<ApiProcess, "kill" | "restart">;
type Paused = Pick<ApiProcess, "pause" | "resume">;

function killed(victim: Killed, holdMs: number): Pick<FaultSetup, "holdMs" | "inject" | "heal"> {
  return {
    holdMs,
    inject: () => victim.kill(),
    async heal(healed) {
      await victim.restart();
      healed();
    },
  };
}

/** It stops for longer than anybody waits, then goes on with what it was doing. */
function paused(victim: Paused): Pick<FaultSetup, "holdMs" | "inject" | "heal"> {
  return {
    holdMs: 1_500,
    inject: () => victim.pause(),
    heal(healed) {
      healed();
      victim.resume();
    },
  };
}

/** One of the processes dies in the middle of its calls, and comes back on its port. */
export async function apiKill(stage: Stage): Promise<FaultSetup> {
  const { api, opened } = await apiOf(stage);
  return { ...opened, ...killed(api, 300), pauseMs: pauses.api };
}

export async function apiPause(stage: Stage): Promise<FaultSetup> {
  const { api, opened } = await apiOf(stage);
  return { ...opened, ...paused(api), pauseMs: pauses.api };
}

/** The engine is killed with -9 and started again on its files. The bare driver goes through the same. */
export async function databaseKill(stage: Stage): Promise<FaultSetup> {
  return { ...(await everyWay(stage)), ...killed(stage.ground.mongo, 200), pauseMs: pauses.database };
}

export async function databasePause(stage: Stage): Promise<FaultSetup> {
  return { ...(await everyWay(stage)), ...paused(stage.ground.mongo), pauseMs: pauses.database };
}

/** How long a primary that has stepped down may not be elected again. */
const stepDownSeconds = 3;

/** The primary of a replica set gives way to another member, as on every upgrade and many a network fault. */
export async function stepDown(stage: Stage): Promise<FaultSetup> {
  const { admin } = stage.ground;
  return {
    ...(await everyWay(stage)),
    holdMs: 1_000,
    pauseMs: pauses.database,
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

/** What the user's own command does: a container stopped, a network cut, a deployment in the middle of the calls. */
export async function faultCommand(stage: Stage): Promise<FaultSetup> {
  const { settings, host } = stage;
  const command = settings.faultCommand;
  if (command === null) throw new Error("there is no fault command");
  const run = async (line: string): Promise<void> => {
    try {
      await promisify(execFile)("sh", ["-c", line], { env: host.env });
    } catch (cause) {
      throw new RunStopped(`the fault command has failed: ${messageOf(cause)}`, { cause });
    }
  };
  return {
    ...(await openTargets(stage, subjectWays(stage, ["domain", "http"]))),
    holdMs: settings.durationMs / 2,
    pauseMs: pauses.database,
    inject: () => run(command.inject),
    async heal(healed) {
      await run(command.heal);
      healed();
    },
  };
}
