import type { FaultName } from "../history/history-line.ts";
import type { Host } from "../host.ts";
import type { Profile, ProfileName } from "../profiles/profile.ts";
import { profiles } from "../profiles/profiles.ts";
import type { RunFlags } from "../settings.ts";
import { parseThreshold } from "../thresholds/parse-threshold.ts";
import { ThresholdSyntaxError } from "../thresholds/scanner.ts";
import { parseThresholdFile } from "../thresholds/threshold-file.ts";
import type { Threshold } from "../thresholds/threshold.ts";
import { UsageError } from "../usage-error.ts";

/** Everything about a run, decided once. */
export interface RunSettings extends Omit<Profile, "summary" | "thresholds"> {
  readonly profile: ProfileName;
  readonly seed: number;
  /** Claims that were made for this run, and those of its profile. */
  readonly thresholds: readonly Threshold[];
  readonly usualThresholds: readonly Threshold[];
  readonly out: string | null;
  readonly uri: string | null;
  readonly port: number | null;
  readonly keepDb: boolean;
}

const needOwnEngine: ReadonlySet<FaultName> = new Set(["db-kill", "db-pause"]);

/** @throws UsageError when a threshold or its file cannot be understood */
export function runSettings(flags: RunFlags, host: Pick<Host, "newSeed" | "readFile">): RunSettings {
  const { summary: _, thresholds: usual, ...profile } = profiles[flags.profile];
  refuseForeignFaults(flags);
  return {
    ...profile,
    ...given({
      workloads: flags.workload,
      paths: flags.path,
      variants: flags.variant,
      faults: flags.fault,
      callers: flags.callers,
      keys: flags.keys,
      procs: flags.procs,
      repeats: flags.repeats,
      hotRepeats: flags.repeats,
      rounds: flags.rounds,
      rate: flags.rate,
      durationMs: flags.duration,
      timeoutMs: flags.timeout,
    }),
    profile: flags.profile,
    seed: flags.seed ?? host.newSeed(),
    thresholds: thresholdsOf(flags, host),
    usualThresholds: usual.map((text) => parseThreshold(text, `profile ${flags.profile}`)),
    out: flags.out ?? null,
    uri: flags.uri ?? null,
    port: flags.port ?? null,
    keepDb: flags.keepDb,
  };
}

/** Nobody kills a database that is not his. */
function refuseForeignFaults({ uri, fault = [] }: RunFlags): void {
  const refused = fault.filter((name) => needOwnEngine.has(name));
  if (uri === undefined || refused.length === 0) return;
  throw new UsageError([
    `--fault ${refused.join()}: only a database engine of our own can be killed or stopped; leave --uri out`,
  ]);
}

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what was not given, so that it covers nothing up. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}

function thresholdsOf(
  { threshold, thresholds: file }: RunFlags,
  { readFile }: Pick<Host, "readFile">,
): readonly Threshold[] {
  const content = file === undefined ? null : textOf(file, readFile);
  try {
    return [
      ...(file === undefined || content === null ? [] : parseThresholdFile(content, file)),
      ...threshold.map((text) => parseThreshold(text, "--threshold")),
    ];
  } catch (error) {
    if (error instanceof ThresholdSyntaxError) throw new UsageError([error.message]);
    throw error;
  }
}

function textOf(file: string, readFile: (path: string) => string): string {
  try {
    return readFile(file);
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "no reason given";
    throw new UsageError([`--thresholds ${file}: cannot be read (${why})`]);
  }
}
