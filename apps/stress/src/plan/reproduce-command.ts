import { profiles } from "./profiles.ts";
import type { RunSettings } from "./run-settings.ts";

/**
 * The command that plans the same run again: the profile, the seed, the subject, what differs from the profile, and what
 * was asked of it. A password in a connection string is left to whoever knows it.
 */
export function reproduceCommand(settings: RunSettings): string {
  const profile = profiles[settings.profile];
  const own = settings.subject.kind === "onechat";
  const differing: readonly (readonly [flag: string, value: string, usual: string])[] = [
    ["workload", settings.workloads.join(), own ? profile.workloads.join() : ""],
    ["path", settings.paths.join(), own ? profile.paths.join() : settings.paths.join()],
    ["variant", settings.variants.join(), profile.variants.join()],
    [
      "fault",
      settings.faults.filter((fault) => fault !== "command").join() || "none",
      own ? profile.faults.join() || "none" : "none",
    ],
    ["callers", String(settings.callers), String(profile.callers)],
    ["keys", String(settings.keys), String(profile.keys)],
    ["procs", String(settings.procs), String(profile.procs)],
    ["repeats", repeatsOf(settings), repeatsOf(profile)],
    ["rounds", String(settings.rounds), String(profile.rounds)],
    ["rate", String(settings.rate), String(profile.rate)],
    ["duration", `${settings.durationMs}ms`, `${profile.durationMs}ms`],
    ["timeout", `${settings.timeoutMs}ms`, `${profile.timeoutMs}ms`],
  ];
  return [
    "npm run stress -- run",
    settings.profile,
    `--seed ${settings.seed}`,
    ...subjectFlags(settings),
    ...differing.flatMap(([flag, value, usual]) => (value === usual ? [] : [`--${flag} ${value}`])),
    ...settings.thresholds
      .filter(({ severity, ratio }) => severity === "fail" && ratio?.to !== "base")
      .map(({ expression }) => `--threshold '${expression}'`),
  ].join(" ");
}

/** The flag sets both; a profile may tell them apart. */
function repeatsOf({ repeats, hotRepeats }: Pick<RunSettings, "repeats" | "hotRepeats">): string {
  return repeats === hotRepeats ? String(repeats) : "";
}

function subjectFlags({ subject, uri, again, faultCommand }: RunSettings): readonly string[] {
  return [
    ...(subject.kind === "store" ? [`--store ${subject.file}`] : []),
    ...(subject.kind === "target"
      ? [...subject.urls.map((url) => `--target ${url}`), `--token-command '${subject.tokenCommand}'`]
      : []),
    ...again,
    ...(faultCommand === null
      ? []
      : [`--fault-command 'inject=${faultCommand.inject} heal=${faultCommand.heal}'`]),
    ...(uri === null ? [] : [`--uri '${uri.replace(/\/\/([^:@/]+):[^@/]+@/, "//$1:PASSWORD@")}'`]),
  ];
}
