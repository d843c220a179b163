import { type ApiFleet, startApis } from "../paths/api-fleet.ts";
import type { Route } from "../paths/route.ts";
import { httpRoute, poolSize, type Stage } from "../run/stage.ts";
import type { Target } from "../run/target.ts";
import type { Variant } from "../history/operation.ts";

/** Callers under a fault are less patient, so that they ask again while what they asked first may still be done. */
const patienceMs = 1_000;

export interface TargetToOpen {
  readonly target: Target;
  readonly route: Route;
}

export interface OpenedTargets extends AsyncDisposable {
  readonly targets: readonly Target[];
}

/** Opens the ways of a fault's own in every process; disposing of them closes them. */
export async function targetsOpened(
  { fleet }: Pick<Stage, "fleet">,
  toOpen: readonly TargetToOpen[],
  own: readonly AsyncDisposable[] = [],
): Promise<OpenedTargets> {
  for (const { target, route } of toOpen) await fleet.openCold(target.route, route);
  return {
    targets: toOpen.map(({ target }) => target),
    async [Symbol.asyncDispose]() {
      for (const { target } of toOpen) await fleet.close(target.route);
      for (const resource of own) await resource[Symbol.asyncDispose]();
    },
  };
}

/** Where a way differs from that of the stage. */
interface HttpWay {
  readonly urls?: readonly string[];
  readonly database?: string;
  readonly timeoutMs?: number;
}
interface DomainWay {
  readonly uri?: string;
  readonly database?: string;
  readonly timeoutMs?: number;
}

/** Over HTTP to these processes, by default those of the stage. */
export function httpTarget(
  { secret, apis, ground }: Stage,
  { urls = apis?.urls ?? [], database = ground.databaseOf("ours"), timeoutMs = patienceMs }: HttpWay = {},
): TargetToOpen {
  const route = httpRoute("http", { urls, secret, timeoutMs });
  return { target: { variant: "ours", path: "http", route: "fault/http", database }, route };
}

/** Inside the calling processes; writes are counted, so that what was not sent can be told from what may have been. */
export function domainTarget(
  { ground }: Stage,
  variant: Variant,
  { uri = ground.mongo.uri, database = ground.databaseOf(variant), timeoutMs = patienceMs }: DomainWay = {},
): TargetToOpen {
  const place = { uri, database, poolSize, timeoutMs, watchWrites: true };
  return {
    target: { variant, path: "domain", route: `fault/${variant}`, database },
    route: { path: "domain", variant, place },
  };
}

/** An API process of the fault's own, on another way to the database, or on another database. */
export async function ownApi(
  { secret, env, ground }: Stage,
  { uri = ground.mongo.uri, database = ground.databaseOf("ours") } = {},
): Promise<ApiFleet> {
  return startApis({ size: 1, firstPort: null, uri, database, secret, env, until: "readyz" });
}
