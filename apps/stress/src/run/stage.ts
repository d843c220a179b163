import { randomBytes } from "node:crypto";
import type { Host } from "../host.ts";
import { type ApiFleet, type ApiFleetSetting, startApis } from "../paths/api-fleet.ts";
import { isFree } from "../paths/free-port.ts";
import type { Route } from "../paths/route.ts";
import { type Fleet, startFleet } from "../worker/fleet.ts";
import type { RunClock } from "../worker/run-clock.ts";
import { UsageError } from "../usage-error.ts";
import { range } from "../workloads/workload-plan.ts";
import type { Ground } from "./ground.ts";
import type { Observation } from "./observation.ts";
import { NotStarted } from "./not-started.ts";
import type { RunSettings } from "./run-settings.ts";
import type { Target } from "./target.ts";

/** What a scene has to work with, up and ready. */
export interface Stage extends AsyncDisposable {
  readonly settings: RunSettings;
  readonly ground: Ground;
  readonly fleet: Fleet;
  /** `null` when no path leads over HTTP. */
  readonly apis: ApiFleet | null;
  /** Signs the tokens that API processes believe. */
  readonly secret: string;
  readonly env: Host["env"];
  readonly measureMachine: Host["measureMachine"];
  readonly observation: Observation;
  readonly clock: RunClock;
  readonly signal: AbortSignal;
  /** Where calls can be put on, as far as variants and paths were asked for. */
  readonly targets: readonly Target[];
}

export interface StageSetting extends Pick<
  Stage,
  "settings" | "ground" | "observation" | "clock" | "signal" | "env" | "measureMachine"
> {
  readonly epoch: string;
}

/** Connections of one process to the database, the same for every variant. */
export const poolSize = 16;
const apiProcesses = 2;

export async function openStage(setting: StageSetting): Promise<Stage> {
  const { settings, clock, env, epoch, observation, signal } = setting;
  const secret = randomBytes(32).toString("hex");
  const fleet = await startFleet({
    size: settings.procs,
    epoch,
    clock,
    env,
    onOperations: observation.heard,
  });
  let apis: ApiFleet | null = null;
  const dispose = async (): Promise<void> => {
    await fleet[Symbol.asyncDispose]();
    await apis?.[Symbol.asyncDispose]();
  };
  try {
    apis = await apisOf(setting, secret);
    const targets = [
      ...(await domainTargets(setting, fleet)),
      ...(apis === null ? [] : await httpTargets(setting, fleet, { apis, secret })),
    ];
    const stop = (): void => void fleet.stop().catch(() => undefined);
    signal.addEventListener("abort", stop, { once: true });
    return { ...setting, fleet, apis, secret, targets, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** @throws UsageError when a port that was asked for is in use */
export async function refuseTakenPorts(firstPort: number | null): Promise<void> {
  const ports = firstPort === null ? [] : range(apiProcesses).map((index) => firstPort + index);
  for (const port of ports) {
    if (!(await isFree(port)))
      throw new UsageError([`--port ${firstPort}: port ${port} of 127.0.0.1 is in use`]);
  }
}

async function apisOf({ settings, ground, env }: StageSetting, secret: string): Promise<ApiFleet | null> {
  const needed = settings.variants.includes("ours") && settings.paths.some((path) => path !== "domain");
  if (!needed) return null;
  return startedApis({
    size: apiProcesses,
    firstPort: settings.port,
    uri: ground.mongo.uri,
    database: ground.databaseOf("ours"),
    secret,
    env,
    until: "readyz",
  });
}

/** @throws NotStarted when the API does not come up: then nothing can be said about calls of it */
async function startedApis(setting: ApiFleetSetting): Promise<ApiFleet> {
  try {
    return await startApis(setting);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new NotStarted(error.message, { cause: error });
  }
}

async function domainTargets({ settings, ground }: StageSetting, fleet: Fleet): Promise<readonly Target[]> {
  const targets: Target[] = [];
  // Whatever path is looked at, without the naive control nobody would know what the run could have seen.
  const needed = settings.paths.includes("domain")
    ? settings.variants
    : settings.variants.filter((variant) => variant === "naive");
  for (const variant of needed) {
    const database = ground.databaseOf(variant);
    const route = `${variant}/domain`;
    const { timeoutMs } = settings;
    const place = { uri: ground.mongo.uri, database, poolSize, timeoutMs, watchWrites: false };
    await fleet.openWarm(route, { path: "domain", variant, place });
    targets.push({ variant, path: "domain", route, database });
  }
  return targets;
}

async function httpTargets(
  { settings, ground }: StageSetting,
  fleet: Fleet,
  { apis, secret }: { readonly apis: ApiFleet; readonly secret: string },
): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for (const path of ["http", "http-batch"] as const) {
    if (!settings.paths.includes(path)) continue;
    const route = `ours/${path}`;
    await fleet.openWarm(route, httpRoute(path, { urls: apis.urls, secret, timeoutMs: settings.timeoutMs }));
    targets.push({ variant: "ours", path, route, database: ground.databaseOf("ours") });
  }
  return targets;
}

export function httpRoute(
  path: "http" | "http-batch",
  place: { readonly urls: readonly string[]; readonly secret: string; readonly timeoutMs: number },
): Route {
  return { path, variant: "ours", place: { ...place, batch: path === "http-batch" } };
}
