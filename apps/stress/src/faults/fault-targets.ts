import type { Path, Variant } from "../history/operation.ts";
import { type Apis, startApis } from "../load/api-process.ts";
import type { Stage } from "../run/stage.ts";
import { openWays, type Target, type Way, type WayOptions, wayTo } from "../run/ways.ts";

export interface OpenedTargets extends AsyncDisposable {
  readonly targets: readonly Target[];
}

/** A fault that is ready to strike, and the targets whose calls it will find under way. */
export interface FaultSetup extends OpenedTargets {
  readonly holdMs: number;
  /** How much it has hit so far, where it can count: then it lasts until that is something. */
  readonly struck?: () => number;
  /** The longest pause of a caller between two calls: the shorter, the more the fault finds under way. */
  readonly pauseMs: number;
  /** Before the first call, and not while calls are under way. */
  readonly strikesFirst?: true;
  readonly inject: () => Promise<void> | void;
  readonly heal: () => Promise<void> | void;
}

/**
 * Callers under a fault are less patient, so that they ask again while what they asked first may still be done. Writes
 * are counted, so that what was not sent can be told from what may have been.
 */
const underFault = { timeoutMs: 1_000, watchWrites: true } as const;
const everyPath: readonly Path[] = ["domain", "http"];

/** The subject, or others inside the calling processes too, on all of these paths that the run takes. */
export function faultWays(
  stage: Stage,
  more: WayOptions & { readonly paths?: readonly Path[]; readonly beside?: readonly Variant[] } = {},
): readonly Way[] {
  const { paths = everyPath, beside = [], ...options } = more;
  const taken = paths.filter((path) => stage.settings.paths.includes(path));
  const others = taken.includes("domain") ? beside : [];
  return [
    ...taken.map((path) => wayTo(stage, "ours", path, { ...underFault, ...options })),
    ...others
      .filter((variant) => stage.settings.variants.includes(variant))
      .map((variant) => wayTo(stage, variant, "domain", { ...underFault, ...options })),
  ];
}

/** Opens the ways of a fault's own in every process; disposing of them closes them. */
export async function openTargets(
  { fleet }: Stage,
  ways: readonly Way[],
  own: readonly AsyncDisposable[] = [],
): Promise<OpenedTargets> {
  const named = ways.map((way) => ({ ...way, name: `fault/${way.name}` }));
  return {
    targets: await openWays(fleet, named, false),
    async [Symbol.asyncDispose]() {
      for (const { name } of named) await fleet.close(name);
      for (const resource of own) await resource[Symbol.asyncDispose]();
    },
  };
}

/** An API process of the fault's own, on another way to the database or on another database; none where no path needs it. */
export async function ownApi(
  { tokens, host, ground, settings }: Stage,
  place: { readonly uri?: string; readonly database?: string },
): Promise<Apis> {
  const usual = { uri: ground.mongo.uri, database: ground.databaseOf("ours") };
  const secret = "secret" in tokens ? tokens.secret : "";
  const setting = { ...usual, ...place, secret, env: host.env };
  return startApis(setting, settings.paths.includes("http") ? 1 : 0);
}
