import type { FaultName, Workload } from "../history/history-line.ts";
import {
  parseThreshold,
  parseThresholdFile,
  type Threshold,
  ThresholdSyntaxError,
} from "../thresholds/parse-threshold.ts";
import { UsageError } from "../usage-error.ts";
import type { RunFlags } from "./run-flags.ts";
import { type Profile, type ProfileName, profiles } from "./profiles.ts";
import type { Typed } from "./reproduce-command.ts";

/** What is under test: onechat as it is built here, somebody's module, or API processes that run already. */
export type Subject =
  | { readonly kind: "onechat" }
  | { readonly kind: "store"; readonly file: string }
  | { readonly kind: "target"; readonly urls: readonly string[]; readonly tokenCommand: string };

/** A fault of the user's own: what is run to begin it and to end it. */
export interface FaultCommand {
  readonly inject: string;
  readonly heal: string;
}

/** Everything about a run, decided once. */
export interface RunSettings extends Omit<Profile, "summary" | "thresholds"> {
  readonly profile: ProfileName;
  readonly subject: Subject;
  /** Another build, in whose rounds the subject is compared with it; a folder of chat-domain, or a store's module. */
  readonly against: string | null;
  readonly accounts: readonly string[] | null;
  readonly faultCommand: FaultCommand | null;
  /** Faults that the command line names: what cannot be done of them is a doubt, and of others a note. */
  readonly askedFaults: ReadonlySet<FaultName>;
  readonly seed: number;
  /** Claims that were made for this run, and those of its profile. */
  readonly thresholds: readonly Threshold[];
  readonly usualThresholds: readonly Threshold[];
  readonly out: string | null;
  readonly uri: string | null;
  readonly port: number | null;
  readonly keepDb: boolean;
  /** What was typed, for the command that repeats the run. */
  readonly typed: Typed;
}

export interface SettingsHost {
  readonly newSeed: () => number;
  /** @throws Error when there is no such file */
  readonly readFile: (path: string) => string;
}

const needOwnEngine: ReadonlySet<FaultName> = new Set(["db-kill", "db-pause"]);
/** What not every service that creates or gets can be asked: odd ids, and chats from before. */
const ownWorkloads: ReadonlySet<Workload> = new Set(["odd-ids", "merge-race"]);

/** @throws UsageError when a file cannot be understood, or flags contradict each other */
export function runSettings(flags: RunFlags, host: SettingsHost, typed: Typed = {}): RunSettings {
  const { summary: _, thresholds: usual, ...profile } = profiles[flags.profile];
  const subject = subjectOf(flags);
  refuseForeignFaults(flags, subject);
  const isOurs = subject.kind === "onechat";
  const planned = { ...profile, ...(isOurs ? {} : foreignDefaults(subject, profile)), ...givenOf(flags) };
  return {
    ...planned,
    ...faultsOf(flags, planned.faults),
    ...placeOf(flags, host),
    typed,
    profile: flags.profile,
    subject,
    accounts: flags.people === undefined ? null : accountsOf(flags.people, host),
    thresholds: [
      ...thresholdsOf(flags, host),
      ...(flags.against === undefined ? [] : toleranceThresholds(flags.tolerance ?? usualTolerance)),
    ],
    usualThresholds: (isOurs ? usual : []).map((text) => parseThreshold(text, `profile ${flags.profile}`)),
  };
}

function givenOf(flags: RunFlags) {
  return given({
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
  });
}

function faultsOf(
  { fault = [], faultCommand }: RunFlags,
  faults: readonly FaultName[],
): Pick<RunSettings, "faults" | "askedFaults" | "faultCommand"> {
  const own: readonly FaultName[] = faultCommand === undefined ? [] : ["command"];
  return {
    faults: [...new Set([...faults, ...own])],
    askedFaults: new Set([...fault, ...own]),
    faultCommand: faultCommand ?? null,
  };
}

function placeOf(
  { against, seed, out, uri, port, keepDb }: RunFlags,
  { newSeed }: SettingsHost,
): Pick<RunSettings, "against" | "seed" | "out" | "uri" | "port" | "keepDb"> {
  return {
    against: against ?? null,
    seed: seed ?? newSeed(),
    out: out ?? null,
    uri: uri ?? null,
    port: port ?? null,
    keepDb: keepDb ?? false,
  };
}

/** What a file or a flag of somebody else's makes of a profile. */
function foreignDefaults(
  { kind }: Subject,
  { workloads, faults }: Pick<Profile, "workloads" | "faults">,
): Partial<Pick<Profile, "workloads" | "paths" | "faults">> {
  return {
    workloads: workloads.filter((workload) => !ownWorkloads.has(workload)),
    paths: kind === "target" ? ["http"] : ["domain"],
    faults:
      kind === "target"
        ? faults.filter((fault) => fault === "reply-lost" || fault === "connection-reset")
        : [],
  };
}

function subjectOf({ store, target, tokenCommand }: RunFlags): Subject {
  if (store !== undefined && target !== undefined)
    throw new UsageError(["--store and --target are two subjects; name one of them"]);
  if (store !== undefined) return { kind: "store", file: store };
  if (target === undefined) {
    if (tokenCommand !== undefined) throw new UsageError(["--token-command belongs to --target"]);
    return { kind: "onechat" };
  }
  if (tokenCommand === undefined)
    throw new UsageError([
      "--target needs --token-command: what prints a token, such as './token.sh {person}'",
    ]);
  return { kind: "target", urls: target, tokenCommand };
}

/** The name under which the subject is told of. */
export function subjectName(subject: Subject): string {
  if (subject.kind === "onechat") return "onechat";
  return subject.kind === "store"
    ? (subject.file.split(/[\\/]/).at(-1) ?? subject.file)
    : subject.urls.join(", ");
}

/** Nobody kills a database that is not his. */
function refuseForeignFaults({ uri, fault = [], faultCommand }: RunFlags, { kind }: Subject): void {
  const refused = fault.filter((name) => needOwnEngine.has(name));
  if (uri !== undefined && refused.length > 0)
    throw new UsageError([
      `--fault ${refused.join()}: only a database engine of our own can be killed or stopped; leave --uri out`,
    ]);
  const known = kind === "store" ? ["command"] : ["reply-lost", "connection-reset", "command"];
  const strange = kind === "onechat" ? [] : fault.filter((name) => !known.includes(name));
  if (strange.length > 0)
    throw new UsageError([
      `--fault ${strange.join()}: the harness has no hold on this subject; use ${known.join(", ")}, and --fault-command for your own`,
    ]);
  if (fault.includes("command") && faultCommand === undefined)
    throw new UsageError([
      "--fault command: --fault-command says what it does, such as 'inject=./stop.sh heal=./start.sh'",
    ]);
}

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what was not given, so that it covers nothing up. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}

const usualTolerance = 0.05;

/** Missed where the subject was proven to be slower than the other build by more than the tolerance. */
function toleranceThresholds(tolerance: number): readonly Threshold[] {
  return (["fresh", "existing", "hot"] as const).map((workload) =>
    parseThreshold(
      `ratio(latency.p50){ours/base,workload:${workload}}: lo<${(1 + tolerance).toFixed(4)}`,
      "--tolerance",
    ),
  );
}

/** @throws UsageError when one of them cannot be understood */
export function thresholdsOf(
  { threshold = [], thresholds: file }: Pick<RunFlags, "threshold" | "thresholds">,
  host: Pick<SettingsHost, "readFile">,
): readonly Threshold[] {
  try {
    return [
      ...(file === undefined ? [] : parseThresholdFile(textOf("--thresholds", file, host), file)),
      ...threshold.map((text) => parseThreshold(text, "--threshold")),
    ];
  } catch (error) {
    if (error instanceof ThresholdSyntaxError) throw new UsageError([error.message]);
    throw error;
  }
}

/** An account a line: its id, as JSON with an `id`, or as it is. */
function accountsOf(file: string, host: Pick<SettingsHost, "readFile">): readonly string[] {
  const lines = textOf("--people", file, host)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const ids = lines.map((line, index) => {
    if (!line.startsWith("{") && !line.startsWith('"')) return line;
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === "string") return value;
      if (typeof value === "object" && value !== null && "id" in value) return String(value.id);
    } catch {
      // Said below.
    }
    throw new UsageError([`--people ${file}, line ${index + 1}: neither an id nor {"id": …}`]);
  });
  const accounts = [...new Set(ids)];
  if (accounts.length < 2) throw new UsageError([`--people ${file}: two accounts are needed at least`]);
  return accounts;
}

function textOf(flag: string, file: string, { readFile }: Pick<SettingsHost, "readFile">): string {
  try {
    return readFile(file);
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "no reason given";
    throw new UsageError([`${flag} ${file}: cannot be read (${why})`]);
  }
}
