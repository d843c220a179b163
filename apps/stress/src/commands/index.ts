import type { CommandShape } from "../command-line.ts";
import type { ExitName } from "../exit-codes.ts";
import type { Host } from "../host.ts";
import { flagOf, type Flags, type OptionName } from "../options.ts";
import { RunFlags } from "../settings.ts";
import { UsageError } from "../usage-error.ts";
import { runCommand } from "./run.ts";

export interface Command extends CommandShape {
  readonly run: (invocation: {
    readonly argument: string;
    readonly flags: Flags;
    readonly host: Host;
  }) => Promise<ExitName>;
}

const planFlags = ["seed", "workload", "path", "variant", "fault", "callers", "keys", "procs"] as const;
const loadFlags = ["rounds", "rate", "duration", "timeout", "threshold", "thresholds"] as const;
const placeFlags = ["out", "uri", "port", "keepDb", "json", "color"] as const;

export const commands: readonly Command[] = [
  {
    name: "run",
    summary: "put a profile's load on all variants, and say what that proves",
    text:
      "Profiles: smoke (seconds), ci (minutes), chaos (faults), bench (speed), soak (until stopped).\n" +
      "Flags change what the profile says; names may be separated by commas.",
    argument: { name: "profile", text: "smoke, ci, chaos, bench or soak", usual: "ci" },
    options: [...planFlags, ...loadFlags, ...placeFlags],
    example: "stress run smoke --seed 1",
    run: ({ argument, flags, host }) => runCommand(runFlags(argument, flags), flags.json === true, host),
  },
];

/** @throws UsageError with every flag that is wrong */
function runFlags(profile: string, flags: Flags): RunFlags {
  const parsed = RunFlags.safeParse({ ...flags, profile });
  if (parsed.success) return parsed.data;
  throw new UsageError(
    parsed.error.issues.map(({ path, message }) => `${placeOf(String(path[0]))}: ${message}`),
  );
}

function placeOf(name: string): string {
  return name === "profile" ? "the profile" : flagOf(name as OptionName);
}
