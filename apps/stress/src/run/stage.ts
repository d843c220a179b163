import { randomBytes } from "node:crypto";
import { range } from "d3-array";
import type { Host } from "../host.ts";
import { type Apis, startApis } from "../load/api-process.ts";
import { newEpoch, type RunClock, runClock } from "../load/clock.ts";
import { Fleet } from "../load/fleet.ts";
import { isFree } from "../load/free-port.ts";
import { type WorkloadShape } from "../plan/workload-plan.ts";
import { seededRandom } from "../seeded-random.ts";
import { UsageError } from "../usage-error.ts";
import type { Recorder } from "./recorder.ts";
import { messageOf, RunStopped } from "./stopped.ts";
import { baseWays, openWays, type Places, type Target, waysOf } from "./ways.ts";

export interface StageSetting extends Pick<Places, "settings" | "ground"> {
  readonly recorder: Recorder;
  readonly host: Pick<Host, "env" | "signal" | "measureMachine">;
  /** Begins every participant's id, and so keeps runs apart. */
  readonly run: string;
}

/** What a scene has to work with, up and ready. */
export interface Stage extends StageSetting, Places, AsyncDisposable {
  readonly clock: RunClock;
  readonly fleet: Fleet;
  /** None where no path leads over HTTP, or the processes are not ours. */
  readonly apis: Apis;
  /** Where calls can be put on, as far as variants and paths were asked for. */
  readonly targets: readonly Target[];
  /** The other build, if there is one: asked for as much as the subject before faults come, and compared in speed. */
  readonly base: readonly Target[];
  /** Workers that were started now: what they see does not rest on what others have remembered. */
  readonly newFleet: (name: string, size: number) => Promise<Fleet>;
}

const apiProcesses = 2;
/** So many people call for all others where a token costs a command. */
const hostCount = 16;

/** @throws RunStopped when what is to be called cannot be opened */
export async function openStage(setting: StageSetting): Promise<Stage> {
  const { settings, recorder, host, run, ground } = setting;
  const { subject, variants, paths } = settings;
  const opened: AsyncDisposable[] = [];
  const dispose = async (): Promise<void> => {
    for (const resource of opened) await resource[Symbol.asyncDispose]();
  };
  const epoch = newEpoch();
  const clock = runClock(epoch);
  const newFleet = (name: string, size: number): Promise<Fleet> =>
    Fleet.start({ size, name, run, epoch, clock, env: host.env, onOperations: recorder.heard });
  const fleet = await newFleet("w", settings.procs);
  opened.push(fleet);
  const secret = randomBytes(32).toString("hex");
  const needsApis =
    subject.kind === "onechat" && variants.includes("ours") && paths.some((path) => path !== "domain");
  try {
    const apis = await startApis(
      { uri: ground.mongo.uri, database: ground.databaseOf("ours"), secret, env: host.env },
      needsApis ? apiProcesses : 0,
      settings.port,
    );
    opened.push(apis);
    const urls = subject.kind === "target" ? subject.urls : apis.urls;
    const tokens = subject.kind === "target" ? { command: subject.tokenCommand } : { secret };
    const places: Places = { settings, ground, urls, tokens };
    const targets = await openWays(fleet, waysOf(places), true);
    const base = await openWays(fleet, baseWays(places), true);
    const stop = (): void => void fleet.stop().catch(() => undefined);
    host.signal.addEventListener("abort", stop, { once: true });
    const ready = { clock, fleet, apis, targets, base, newFleet };
    return { ...setting, ...places, ...ready, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw new RunStopped(messageOf(error), { cause: error });
  }
}

/**
 * What a target's plan of this name is made of: nobody is in two plans, or in two runs. `draw` names its random numbers,
 * which several plans may share.
 */
export function shapeOf(
  { run, settings, fleet }: Stage,
  { path, variant }: Target,
  plan: string,
  draw = `${path}-${plan}`,
): WorkloadShape {
  const { callers, keys, seed, accounts, subject } = settings;
  // Two builds may work on one database; controls have theirs.
  const whose = variant === "base" ? "base-" : "";
  return {
    prefix: `${run}-${whose}${path}-${plan}`,
    accounts,
    // They sort first, by which whoever calls with a token of a command knows them.
    hosts: subject.kind === "target" ? range(hostCount).map((host) => `${run}-.host-${host}`) : null,
    callers,
    keys,
    processes: fleet.size,
    random: seededRandom(seed, draw),
  };
}

/** @throws UsageError when a port that was asked for is in use */
export async function refuseTakenPorts(firstPort: number | null): Promise<void> {
  if (firstPort === null) return;
  for (let port = firstPort; port < firstPort + apiProcesses; port += 1)
    if (!(await isFree(port)))
      throw new UsageError([`--port ${firstPort}: port ${port} of 127.0.0.1 is in use`]);
}
