import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ApiProcess } from "../load/api-process.ts";
import type { Stage } from "../run/stage.ts";
import { messageOf, RunStopped } from "../run/stopped.ts";
import { dropKeyIndex, prepareDatabase } from "../stores/databases.ts";
import { type FaultSetup, faultWays, openTargets, ownApi } from "./fault-targets.ts";

/** The longest pause of a caller between two calls; over HTTP they take longer. */
const apiPauseMs = 120;
const databasePauseMs = 80;

type Injury = Pick<FaultSetup, "holdMs" | "inject" | "heal">;

function killed(victim: Pick<ApiProcess, "kill" | "restart">, holdMs: number): Injury {
  return { holdMs, inject: () => victim.kill(), heal: () => victim.restart() };
}

/** It stops for longer than anybody waits, then goes on with what it was doing. */
function paused(victim: Pick<ApiProcess, "pause" | "resume">): Injury {
  return { holdMs: 1_500, inject: () => victim.pause(), heal: () => victim.resume() };
}

async function onApi(stage: Stage, injury: (api: ApiProcess) => Injury): Promise<FaultSetup> {
  const [api] = stage.apis.processes;
  if (api === undefined) throw new Error("no API process is running");
  const opened = await openTargets(stage, faultWays(stage, { paths: ["http"] }));
  return { ...opened, ...injury(api), pauseMs: apiPauseMs };
}

/** What befalls the database strikes all ways at once and alike, the bare driver's too: so it can be compared. */
async function onDatabase(stage: Stage, injury: Injury): Promise<FaultSetup> {
  const opened = await openTargets(stage, faultWays(stage, { beside: ["raw"] }));
  return { ...opened, ...injury, pauseMs: databasePauseMs };
}

/** One of the processes dies in the middle of its calls, and comes back on its port. */
export function apiKill(stage: Stage): Promise<FaultSetup> {
  return onApi(stage, (api) => killed(api, 300));
}

export function apiPause(stage: Stage): Promise<FaultSetup> {
  return onApi(stage, paused);
}

/** The engine is killed with -9 and started again on its files. */
export function databaseKill(stage: Stage): Promise<FaultSetup> {
  return onDatabase(stage, killed(stage.ground.mongo, 200));
}

export function databasePause(stage: Stage): Promise<FaultSetup> {
  return onDatabase(stage, paused(stage.ground.mongo));
}

/** How long a primary that has stepped down may not be elected again. */
const stepDownSeconds = 3;

/** The primary of a replica set gives way to another member, as on every upgrade and many a network fault. */
export function stepDown(stage: Stage): Promise<FaultSetup> {
  const { admin } = stage.ground;
  return onDatabase(stage, {
    holdMs: 1_000,
    async inject() {
      // The connection it is told on is closed by it.
      const told = admin.db("admin").command({ replSetStepDown: stepDownSeconds, force: true });
      await told.catch((error: unknown) => {
        if (error instanceof Error && /not authorized|requires authentication/i.test(error.message))
          throw new RunStopped(`the user may not step a primary down: ${error.message}`, { cause: error });
      });
    },
    heal: () => admin.ping(),
  });
}

/**
 * The index that decides every race is gone when calls begin, although each process has seen it before: onechat has to
 * refuse until it is back. Not while calls are under way: an insert that was sent before nobody can judge any more.
 */
export async function indexMissing(stage: Stage): Promise<FaultSetup> {
  const database = stage.ground.databaseOf("unindexed");
  const db = stage.ground.admin.db(database);
  await prepareDatabase(db, "ours");
  const api = await ownApi(stage, { database });
  return {
    ...(await openTargets(stage, faultWays(stage, { database, urls: api.urls }), [api])),
    holdMs: 600,
    pauseMs: 120,
    strikesFirst: true,
    inject: () => dropKeyIndex(db),
    heal: () => prepareDatabase(db, "ours"),
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
    ...(await openTargets(stage, faultWays(stage))),
    holdMs: settings.durationMs / 2,
    pauseMs: databasePauseMs,
    inject: () => run(command.inject),
    heal: () => run(command.heal),
  };
}
