import { profiles } from "../profiles/profiles.ts";
import type { RunSettings } from "./run-settings.ts";

/** The flag sets both; a profile may tell them apart. */
function repeatsOf({ repeats, hotRepeats }: Pick<RunSettings, "repeats" | "hotRepeats">): string {
  return repeats === hotRepeats ? String(repeats) : "";
}

/**
 * The command that plans the same run again: the profile, the seed, what differs from the profile, and what was
 * asked of it. Only a file can say that a miss makes a run invalid, so such thresholds are left out.
 */
export function reproduceCommand(settings: RunSettings): string {
  const profile = profiles[settings.profile];
  const differing: readonly (readonly [flag: string, value: string, usual: string])[] = [
    ["workload", settings.workloads.join(), profile.workloads.join()],
    ["path", settings.paths.join(), profile.paths.join()],
    ["variant", settings.variants.join(), profile.variants.join()],
    ["fault", settings.faults.join() || "none", profile.faults.join() || "none"],
    ["callers", String(settings.callers), String(profile.callers)],
    ["keys", String(settings.keys), String(profile.keys)],
    ["procs", String(settings.procs), String(profile.procs)],
    ["repeats", repeatsOf(settings), repeatsOf(profile)],
    ["rounds", String(settings.rounds), String(profile.rounds)],
    ["rate", String(settings.rate), String(profile.rate)],
    ["duration", `${settings.durationMs}ms`, `${profile.durationMs}ms`],
    ["timeout", `${settings.timeoutMs}ms`, `${profile.timeoutMs}ms`],
  ];
  const flags = differing.flatMap(([flag, value, usual]) => (value === usual ? [] : [`--${flag} ${value}`]));
  const asked = settings.thresholds.filter(({ severity }) => severity === "fail");
  const thresholds = asked.map(({ expression }) => `--threshold '${expression}'`);
  return [
    "npm run stress --",
    "run",
    settings.profile,
    `--seed ${settings.seed}`,
    ...flags,
    ...thresholds,
  ].join(" ");
}
