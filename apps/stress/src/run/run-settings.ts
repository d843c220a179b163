import type { FaultName, Workload } from "../history/history-line.ts";
import type { Path, Variant } from "../history/operation.ts";
import type { Host } from "../host.ts";
import type { ProfileName } from "../profiles/profile.ts";
import { profiles } from "../profiles/profiles.ts";
import type { RunFlags } from "../settings.ts";
import { parseThreshold } from "../thresholds/parse-threshold.ts";
import { parseThresholdFile } from "../thresholds/threshold-file.ts";
import type { Threshold } from "../thresholds/threshold.ts";
import { UsageError } from "../usage-error.ts";

/** Everything about a run, decided once. */
export interface RunSettings {
  readonly profile: ProfileName;
  readonly seed: number;
  readonly workloads: readonly Workload[];
  readonly paths: readonly Path[];
  readonly variants: readonly Variant[];
  readonly faults: readonly FaultName[];
  readonly callers: number;
  readonly keys: number;
  readonly procs: number;
  readonly repeats: number;
  readonly hotRepeats: number;
  readonly rounds: number;
  readonly rate: number;
  readonly durationMs: number;
  readonly timeoutMs: number;
  readonly endless: boolean;
  readonly thresholds: readonly Threshold[];
  readonly out: string | null;
  readonly uri: string | null;
  readonly port: number | null;
  readonly keepDb: boolean;
}

/** @throws UsageError when a threshold or its file cannot be understood */
export function runSettings(flags: RunFlags, host: Pick<Host, "newSeed" | "readFile">): RunSettings {
  const { summary: _, thresholds: ofProfile, ...profile } = profiles[flags.profile];
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
      rounds: flags.rounds,
      rate: flags.rate,
      durationMs: flags.duration,
      timeoutMs: flags.timeout,
    }),
    profile: flags.profile,
    seed: flags.seed ?? host.newSeed(),
    thresholds: thresholdsOf(ofProfile, flags, host),
    out: flags.out ?? null,
    uri: flags.uri ?? null,
    port: flags.port ?? null,
    keepDb: flags.keepDb,
  };
}

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what was not given, so that it covers nothing up. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}

function thresholdsOf(
  ofProfile: readonly string[],
  { threshold, thresholds: file }: RunFlags,
  { readFile }: Pick<Host, "readFile">,
): readonly Threshold[] {
  try {
    return [
      ...ofProfile.map((text) => parseThreshold(text, "profile")),
      ...(file === undefined ? [] : parseThresholdFile(textOf(file, readFile), file)),
      ...threshold.map((text) => parseThreshold(text, "--threshold")),
    ];
  } catch (error) {
    if (error instanceof Error) throw new UsageError([error.message]);
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
