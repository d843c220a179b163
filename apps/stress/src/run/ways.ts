import type { Workload } from "../history/history-line.ts";
import type { Path, Variant } from "../history/operation.ts";
import type { Fleet } from "../load/fleet.ts";
import type { RunSettings } from "../plan/run-settings.ts";
import type { Tokens } from "../stores/api-client.ts";
import type { Route } from "../stores/open-store.ts";
import type { Offer } from "../stores/store.ts";
import type { Ground } from "./ground.ts";

/** A variant over a path, yet to be opened in the calling processes. */
export interface Way {
  readonly variant: Variant;
  readonly path: Path;
  /** Under which the workers know it. */
  readonly name: string;
  readonly route: Route;
  /** Where its chats are, if that is ours to read; `null` for somebody else's. */
  readonly database: string | null;
}

/** The subject, or the build that it is compared with, and no control. */
export function isBuild(variant: Variant): boolean {
  return variant === "ours" || variant === "base";
}

export interface Target extends Way {
  readonly offers: readonly Offer[];
}

/** A workload's turn: its registers are named after it. */
export interface Turn {
  readonly workload: Workload;
  /** Told apart from other turns of the same workload, such as `2` or `db-kill`. */
  readonly tag: string;
}

export interface Places {
  readonly settings: RunSettings;
  readonly ground: Ground;
  /** Of the API's processes, whoever runs them. */
  readonly urls: readonly string[];
  readonly tokens: Tokens;
}

export interface WayOptions {
  readonly uri?: string;
  readonly database?: string;
  readonly urls?: readonly string[];
  readonly timeoutMs?: number;
  readonly watchWrites?: boolean;
}

/** Inside the calling processes, or over HTTP to our processes or somebody else's. */
export function wayTo(
  { settings, ground, urls: ofTheRun, tokens }: Places,
  variant: Variant,
  path: Path,
  more: WayOptions = {},
): Way {
  const { subject, against } = settings;
  const { uri, database, urls, timeoutMs, watchWrites } = {
    uri: ground.mongo.uri,
    database: ground.databaseOf(variant),
    urls: ofTheRun,
    timeoutMs: settings.timeoutMs,
    watchWrites: false,
    ...more,
  };
  const about = { variant, path, name: `${variant}/${path}` };
  const build = variant === "base" ? against : null;
  if (path !== "domain") {
    const place = { urls, tokens, timeoutMs, batch: path === "http-batch" };
    return { ...about, database: subject.kind === "onechat" ? database : null, route: { to: "api", place } };
  }
  if (subject.kind === "store" && (variant === "ours" || build !== null)) {
    const place = { file: build ?? subject.file, timeoutMs };
    return { ...about, database: null, route: { to: "module", place } };
  }
  const place = { uri, database, timeoutMs, watchWrites };
  return { ...about, database, route: { to: "database", variant, place, build } };
}

export function waysOf(places: Places): readonly Way[] {
  const { paths, variants, subject } = places.settings;
  // Whatever path is looked at, without the naive control nobody would know what the run could have seen.
  const inside = variants.filter(
    (variant) =>
      (variant === "naive" || paths.includes("domain")) && (variant !== "ours" || subject.kind !== "target"),
  );
  const over = variants.includes("ours") && subject.kind !== "store" ? paths : [];
  return [
    ...inside.map((variant) => wayTo(places, variant, "domain")),
    ...over.filter((path) => path !== "domain").map((path) => wayTo(places, "ours", path)),
  ];
}

export function baseWays(places: Places): readonly Way[] {
  const { against, subject } = places.settings;
  if (against === null) return [];
  return subject.kind === "target"
    ? [wayTo(places, "base", "http", { urls: [against] })]
    : [wayTo(places, "base", "domain")];
}

/** Opens ways in every process: `warm`, ready for calls that are measured, or as a process is that has just begun. */
export async function openWays(
  fleet: Fleet,
  ways: readonly Way[],
  warm: boolean,
): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for (const way of ways) targets.push({ ...way, offers: await fleet.open(way.name, way.route, warm) });
  return targets;
}
