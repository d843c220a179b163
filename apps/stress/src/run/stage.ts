import { randomBytes } from "node:crypto";
import type { Variant } from "../history/operation.ts";
import type { Host } from "../host.ts";
import { type Apis, startApis } from "../load/api-process.ts";
import { newEpoch, type RunClock, runClock } from "../load/clock.ts";
import { Fleet } from "../load/fleet.ts";
import { isFree } from "../load/free-port.ts";
import type { RunSettings } from "../plan/run-settings.ts";
import { type PeopleSource, range, type WorkloadShape } from "../plan/workload-plan.ts";
import { seededRandom } from "../seeded-random.ts";
import type { Tokens } from "../stores/api-client.ts";
import type { StorePlace } from "../stores/client.ts";
import type { Route } from "../stores/open-store.ts";
import { UsageError } from "../usage-error.ts";
import type { Ground } from "./ground.ts";
import type { Recorder } from "./recorder.ts";
import { messageOf, RunStopped } from "./stopped.ts";
import type { Target } from "./target.ts";

/** What every scene has to work with. */
export interface StageSetting {
  readonly settings: RunSettings;
  readonly ground: Ground;
  readonly recorder: Recorder;
  readonly host: Pick<Host, "env" | "signal" | "measureMachine">;
  /** Begins every participant's id, and so keeps runs apart. */
  readonly run: string;
}

/** What a scene has to work with, up and ready. */
export interface Stage extends StageSetting, AsyncDisposable {
  readonly clock: RunClock;
  readonly fleet: Fleet;
  /** `null` when no path leads over HTTP, or the processes are not ours. */
  readonly apis: Apis | null;
  readonly tokens: Tokens;
  /** Where calls can be put on, as far as variants and paths were asked for. */
  readonly targets: readonly Target[];
  /** The other build; it is only compared in speed. */
  readonly base: Target | null;
  /** Workers that were started now: what they see does not rest on what others have remembered. */
  readonly newFleet: (name: string, size: number) => Promise<Fleet>;
}

const apiProcesses = 2;
/** So many people call for all others where a token costs a command. */
const hostCount = 16;

/** @throws RunStopped when what is to be called cannot be opened */
export async function openStage(setting: StageSetting): Promise<Stage> {
  const { settings, recorder, host, run, ground } = setting;
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
  const { subject } = settings;
  const tokens = subject.kind === "target" ? { command: subject.tokenCommand } : { secret };
  try {
    const apis = needsApis(settings)
      ? await startApis(
          { uri: ground.mongo.uri, database: ground.databaseOf("ours"), secret, env: host.env },
          apiProcesses,
          settings.port,
        )
      : null;
    if (apis !== null) opened.push(apis);
    const urls = apis?.urls ?? (subject.kind === "target" ? subject.urls : []);
    const targets: Target[] = [];
    for (const way of waysOf(setting, { urls, tokens })) targets.push(await openWay(fleet, way, true));
    const against = baseWay(setting, { urls, tokens });
    const base = against === null ? null : await openWay(fleet, against, true);
    const stop = (): void => void fleet.stop().catch(() => undefined);
    host.signal.addEventListener("abort", stop, { once: true });
    return {
      ...setting,
      clock,
      fleet,
      apis,
      tokens,
      targets,
      base,
      newFleet,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw new RunStopped(messageOf(error), { cause: error });
  }
}

function needsApis({ subject, variants, paths }: RunSettings): boolean {
  return subject.kind === "onechat" && variants.includes("ours") && paths.some((path) => path !== "domain");
}

/** A target that is yet to be opened. */
export interface Way extends Pick<Target, "variant" | "path" | "database"> {
  readonly name: string;
  readonly route: Route;
}

interface Service {
  readonly urls: readonly string[];
  readonly tokens: Tokens;
}

/** Opens it in every process: `warm`, ready for calls that are measured, or as a process is that has just begun. */
export async function openWay(
  fleet: Fleet,
  { name, route, variant, path, database }: Way,
  warm: boolean,
): Promise<Target> {
  return { variant, path, database, route: name, offers: await fleet.open(name, route, warm) };
}

function waysOf(setting: StageSetting, service: Service): readonly Way[] {
  const { settings } = setting;
  const { paths, variants, subject } = settings;
  // Whatever path is looked at, without the naive control nobody would know what the run could have seen.
  const inside = paths.includes("domain") ? variants : variants.filter((variant) => variant === "naive");
  const own = inside
    .filter((variant) => variant !== "ours" || subject.kind !== "target")
    .map((variant) => insideWay(setting, variant));
  const over = variants.includes("ours") && subject.kind !== "store" ? paths : [];
  return [...own, ...over.filter((path) => path !== "domain").map((path) => apiWay(setting, service, path))];
}

export interface WayOptions {
  readonly uri?: string;
  readonly database?: string;
  readonly timeoutMs?: number;
  readonly watchWrites?: boolean;
}

/** Inside the calling processes. */
export function insideWay(
  setting: Pick<StageSetting, "settings" | "ground">,
  variant: Variant,
  more: WayOptions = {},
): Way {
  const { subject, against, timeoutMs } = setting.settings;
  const about = { variant, path: "domain", name: `${variant}/domain` } as const;
  const other = variant === "base" ? against : null;
  if (subject.kind === "store" && (variant === "ours" || other !== null)) {
    const place = { file: other ?? subject.file, timeoutMs: more.timeoutMs ?? timeoutMs };
    return { ...about, database: null, route: { to: "module", place } };
  }
  const place = databasePlace(setting, variant, more);
  const build = other === null ? {} : { build: other };
  return { ...about, database: place.database, route: { to: "database", variant, place, ...build } };
}

function databasePlace(
  { settings, ground: { mongo, databaseOf } }: Pick<StageSetting, "settings" | "ground">,
  variant: Variant,
  {
    uri = mongo.uri,
    database = databaseOf(variant),
    timeoutMs = settings.timeoutMs,
    watchWrites = false,
  }: WayOptions,
): StorePlace {
  return { uri, database, timeoutMs, watchWrites };
}

/** Over HTTP, to our processes or to somebody else's. */
export function apiWay(
  { settings, ground }: Pick<StageSetting, "settings" | "ground">,
  { urls, tokens }: Service,
  path: Target["path"],
  { database = ground.databaseOf("ours"), timeoutMs = settings.timeoutMs }: WayOptions = {},
): Way {
  return {
    variant: "ours",
    path,
    name: `ours/${path}`,
    database: settings.subject.kind === "onechat" ? database : null,
    route: { to: "api", place: { urls, tokens, timeoutMs, batch: path === "http-batch" } },
  };
}

/** To the other build. */
function baseWay(setting: StageSetting, service: Service): Way | null {
  const { against, subject } = setting.settings;
  if (against === null) return null;
  const way =
    subject.kind === "target"
      ? apiWay(setting, { ...service, urls: [against] }, "http")
      : insideWay(setting, "base");
  return { ...way, variant: "base", name: "base" };
}

/** Where the people of a plan come from: nobody is in two plans, or in two runs. */
function peopleOf({ run, settings }: Pick<StageSetting, "run" | "settings">, plan: string): PeopleSource {
  const { accounts, subject } = settings;
  // They sort first, by which whoever calls with a token of a command knows them.
  const hosts = subject.kind === "target" ? range(hostCount).map((host) => `${run}-.host-${host}`) : null;
  return { prefix: `${run}-${plan}`, accounts, hosts };
}

/** What a plan of this name is made of; `draw` names its random numbers, which several plans may share. */
export function shapeOf(
  stage: Pick<Stage, "run" | "settings" | "fleet">,
  plan: string,
  draw = plan,
): WorkloadShape {
  const { callers, keys, seed } = stage.settings;
  const random = seededRandom(seed, draw);
  return { ...peopleOf(stage, plan), callers, keys, processes: stage.fleet.size, random };
}

/** @throws UsageError when a port that was asked for is in use */
export async function refuseTakenPorts(firstPort: number | null): Promise<void> {
  const ports = firstPort === null ? [] : range(apiProcesses).map((index) => firstPort + index);
  for (const port of ports)
    if (!(await isFree(port)))
      throw new UsageError([`--port ${firstPort}: port ${port} of 127.0.0.1 is in use`]);
}
