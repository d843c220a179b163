import type { Path } from "../history/operation.ts";
import { type Apis, startApis } from "../load/api-process.ts";
import { apiWay, insideWay, openWay, type Stage, type Way } from "../run/stage.ts";
import type { Target } from "../run/target.ts";

/** Callers under a fault are less patient, so that they ask again while what they asked first may still be done. */
const patienceMs = 1_000;

export interface OpenedTargets extends AsyncDisposable {
  readonly targets: readonly Target[];
}

/** Opens the ways of a fault's own in every process; disposing of them closes them. */
export async function openTargets(
  { fleet }: Pick<Stage, "fleet">,
  ways: readonly Way[],
  own: readonly AsyncDisposable[] = [],
): Promise<OpenedTargets> {
  const targets: Target[] = [];
  for (const way of ways) targets.push(await openWay(fleet, { ...way, name: `fault/${way.name}` }, false));
  return {
    targets,
    async [Symbol.asyncDispose]() {
      for (const { route } of targets) await fleet.close(route);
      for (const resource of own) await resource[Symbol.asyncDispose]();
    },
  };
}

/** Over HTTP to these processes, by default those of the stage. */
export function httpWay(
  stage: Stage,
  more: { readonly urls?: readonly string[]; readonly database?: string } = {},
): Way {
  const { subject } = stage.settings;
  const usual = subject.kind === "target" ? subject.urls : (stage.apis?.urls ?? []);
  const service = { urls: more.urls ?? usual, tokens: stage.tokens };
  return apiWay(stage, service, "http", { ...more, timeoutMs: patienceMs });
}

/** Inside the calling processes; writes are counted, so that what was not sent can be told from what may have been. */
export function domainWay(
  stage: Stage,
  variant: Target["variant"],
  more: { readonly uri?: string; readonly database?: string } = {},
): Way {
  return insideWay(stage, variant, { ...more, timeoutMs: patienceMs, watchWrites: true });
}

/** The subject on all of these paths that the run takes. */
export function subjectWays(stage: Stage, paths: readonly Path[]): readonly Way[] {
  const { settings } = stage;
  const asked = paths.filter((path) => settings.paths.includes(path));
  return asked.map((path) => (path === "domain" ? domainWay(stage, "ours") : httpWay(stage)));
}

/** API processes of the fault's own, on another way to the database, or on another database. */
export async function ownApis(
  { tokens, host, ground }: Pick<Stage, "tokens" | "host" | "ground">,
  {
    uri = ground.mongo.uri,
    database = ground.databaseOf("ours"),
  }: { readonly uri?: string; readonly database?: string } = {},
): Promise<Apis> {
  const secret = "secret" in tokens ? tokens.secret : "";
  return startApis({ uri, database, secret, env: host.env }, 1);
}
