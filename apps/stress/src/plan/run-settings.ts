import type { FaultName, Workload } from "../history/history-line.ts";
import type { Host } from "../host.ts";
import { parseThreshold, parseThresholdFile, type Threshold } from "../thresholds/parse-threshold.ts";
import { UsageError } from "../usage-error.ts";
import type { RunFlags } from "./run-flags.ts";
import { type Profile, type ProfileName, profiles } from "./profiles.ts";
import type { Begun } from "./reproduce-command.ts";

/** What is under test: onechat as it is built here, somebody's module, or API processes that run already. */
export type Subject =
  | { readonly kind: "onechat" }
  | { readonly kind: "store"; readonly file: string }
  | { readonly kind: "target"; readonly urls: readonly string[]; readonly tokenCommand: string };

export interface RunSettings extends Omit<Profile, "summary" | "thresholds" | "embeddedThresholds">, Begun {
  readonly profile: ProfileName;
  readonly subject: Subject;
  /** Another build, in whose rounds the subject is compared with it; a folder of chat-domain, or a store's module. */
  readonly against: string | null;
  readonly accounts: readonly string[] | null;
  /** A fault of the user's own: what is run to begin it and to end it. */
  readonly faultCommand: { readonly inject: string; readonly heal: string } | null;
  /** Faults that the command line names: what cannot be done of them is a doubt, and of others a note. */
  readonly askedFaults: ReadonlySet<FaultName>;
  /** Claims that were made for this run, and those of its profile. */
  readonly thresholds: readonly Threshold[];
  readonly usualThresholds: readonly Threshold[];
  /** Of the profile as well, on the embedded engine. */
  readonly embeddedThresholds: readonly Threshold[];
  readonly out: string | null;
  readonly uri: string | null;
  readonly port: number | null;
  readonly keepDb: boolean;
}

const needOwnEngine: ReadonlySet<FaultName> = new Set(["db-kill", "db-pause"]);
/** A proxy in front of somebody else's processes can do no more. */
const beforeTargets: ReadonlySet<FaultName> = new Set(["reply-lost", "connection-reset"]);
/** What not every service that creates or gets can be asked: odd ids, and chats from before. */
const ownWorkloads: ReadonlySet<Workload> = new Set(["odd-ids", "merge-race"]);

/** @throws UsageError when a file cannot be understood, or flags contradict each other */
export function runSettings(
  flags: RunFlags,
  host: Pick<Host, "newSeed" | "readFile" | "command">,
  typed: Begun["typed"] = {},
): RunSettings {
  const { summary: _, thresholds: usualThresholds, embeddedThresholds, ...profile } = profiles[flags.profile];
  const subject = subjectOf(flags);
  refuseForeignFaults(flags, subject);
  const isOurs = subject.kind === "onechat";
  const { seed = host.newSeed(), people, fault = [] } = flags;
  const thresholds = [...thresholdsOf(flags, host), ...toleranceThresholds(flags)];
  const claimed = new Set(thresholds.map(figuresOf));
  const limits = (texts: readonly string[]): readonly Threshold[] =>
    (isOurs ? texts : [])
      .map((text) => parseThreshold(text, `profile ${flags.profile}`))
      .filter((threshold) => !claimed.has(figuresOf(threshold)));
  const ownFaults = flags.faultCommand === undefined ? [] : (["command"] as const);
  const usual = { ...profile, ...(isOurs ? {} : foreignDefaults(subject, profile)) };
  const planned = { ...usual, ...ofNoProfile, ...saidOf(flags) };
  return {
    ...planned,
    command: host.command,
    profile: flags.profile,
    seed,
    typed,
    subject,
    accounts: people === undefined ? null : accountsOf(people, host),
    faults: [...new Set([...planned.faults, ...ownFaults])],
    askedFaults: new Set([...fault, ...ownFaults]),
    thresholds,
    usualThresholds: limits(usualThresholds),
    embeddedThresholds: limits(embeddedThresholds),
  };
}

type OfNoProfile = Pick<RunSettings, "against" | "faultCommand" | "out" | "uri" | "port" | "keepDb">;
const ofNoProfile: OfNoProfile = {
  against: null,
  faultCommand: null,
  out: null,
  uri: null,
  port: null,
  keepDb: false,
};

/** What a threshold is about: a claim for this run stands in place of what its profile says of the same figures. */
function figuresOf({ metric, ratio, tags }: Threshold): string {
  return JSON.stringify([metric, ratio, Object.entries(tags).toSorted(([a], [b]) => a.localeCompare(b))]);
}

function saidOf({ workload, path, variant, fault, duration, timeout, ...others }: RunFlags) {
  const said = {
    ...others,
    workloads: workload,
    paths: path,
    variants: variant,
    faults: fault,
    hotRepeats: others.repeats,
    durationMs: duration,
    timeoutMs: timeout,
  };
  const entries = Object.entries(said).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<Profile & OfNoProfile>;
}

/** What a file or a flag of somebody else's makes of a profile. */
function foreignDefaults(
  { kind }: Subject,
  { workloads, faults }: Pick<Profile, "workloads" | "faults">,
): Partial<Pick<Profile, "workloads" | "paths" | "faults">> {
  return {
    workloads: workloads.filter((workload) => !ownWorkloads.has(workload)),
    paths: kind === "target" ? ["http"] : ["domain"],
    faults: faults.filter((fault) => kind === "target" && beforeTargets.has(fault)),
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
  const known: readonly string[] = kind === "store" ? ["command"] : [...beforeTargets, "command"];
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

const usualTolerance = 0.05;

/** Missed where the subject was proven to be slower than the other build by more than the tolerance. */
function toleranceThresholds({ against, tolerance = usualTolerance }: RunFlags): readonly Threshold[] {
  if (against === undefined) return [];
  return ["fresh", "existing", "hot"].map((workload) =>
    parseThreshold(
      `ratio(latency.p50){ours/base,workload:${workload}}: lo<${(1 + tolerance).toFixed(4)}`,
      "--tolerance",
    ),
  );
}

/** @throws UsageError when one of them cannot be understood */
export function thresholdsOf(
  { threshold = [], thresholds: file }: Pick<RunFlags, "threshold" | "thresholds">,
  host: Pick<Host, "readFile">,
): readonly Threshold[] {
  return [
    ...(file === undefined ? [] : parseThresholdFile(textOf("--thresholds", file, host), file)),
    ...threshold.map((text) => parseThreshold(text, "--threshold")),
  ];
}

/** An account a line: its id, as JSON with an `id`, or as it is. */
function accountsOf(file: string, host: Pick<Host, "readFile">): readonly string[] {
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

function textOf(flag: string, file: string, { readFile }: Pick<Host, "readFile">): string {
  try {
    return readFile(file);
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "no reason given";
    throw new UsageError([`${flag} ${file}: cannot be read (${why})`]);
  }
}
