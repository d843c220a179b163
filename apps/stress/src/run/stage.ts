import type { Variant } from "../history/operation.ts";
import type { Route } from "../paths/route.ts";
import type { Fleet } from "../worker/fleet.ts";
import type { RunClock } from "../worker/run-clock.ts";
import type { Ground } from "./ground.ts";
import type { Observation } from "./observation.ts";
import type { RunSettings } from "./run-settings.ts";
import type { Target } from "./target.ts";

/** What a scene has to work with, up and ready. */
export interface Stage {
  readonly settings: RunSettings;
  readonly ground: Ground;
  readonly fleet: Fleet;
  readonly observation: Observation;
  readonly clock: RunClock;
  readonly signal: AbortSignal;
  /** Where calls can be put on, as far as variants and paths were asked for. */
  readonly targets: readonly Target[];
}

/** Connections of one process to the database, the same for every variant. */
export const poolSize = 16;

/** The way to a variant inside the calling process. */
export function domainRoute(
  variant: Variant,
  {
    uri,
    database,
    timeoutMs,
  }: { readonly uri: string; readonly database: string; readonly timeoutMs: number },
): Route {
  return { path: "domain", variant, place: { uri, database, poolSize, timeoutMs, watchWrites: false } };
}

/** Opens the ways to all variants inside the calling processes. */
export async function openDomainTargets({
  settings,
  ground,
  fleet,
}: Pick<Stage, "settings" | "ground" | "fleet">): Promise<readonly Target[]> {
  if (!settings.paths.includes("domain")) return [];
  const targets: Target[] = [];
  for (const variant of settings.variants) {
    const database = ground.databaseOf(variant);
    const route = `${variant}/domain`;
    const { timeoutMs } = settings;
    await fleet.open(route, domainRoute(variant, { uri: ground.mongo.uri, database, timeoutMs }));
    targets.push({ variant, path: "domain", route, database });
  }
  return targets;
}
