import type { CommandShape } from "../command-line.ts";
import type { ExitName } from "../exit-codes.ts";
import { UnreadableHistory } from "../history/unreadable-history.ts";
import type { Host } from "../host.ts";
import { flagOf, type Flags, type OptionName } from "../options.ts";
import { readResult } from "../result/result-file.ts";
import { RunFlags, SelfTestFlags } from "../settings.ts";
import { UsageError } from "../usage-error.ts";
import { check } from "./check.ts";
import { doctor } from "./doctor.ts";
import { report } from "./report.ts";
import { runCommand, type Showing } from "./run.ts";
import { selftest } from "./selftest.ts";

interface Invoked {
  readonly argument: string;
  readonly flags: Flags;
  readonly host: Host;
}

export interface Command extends CommandShape {
  readonly run: (invoked: Invoked) => Promise<ExitName>;
}

const planFlags = ["seed", "workload", "path", "variant", "fault", "callers", "keys", "procs"] as const;
const loadFlags = ["repeats", "rounds", "rate", "duration", "timeout", "threshold", "thresholds"] as const;
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
    run: ({ argument, flags, host }) =>
      runCommand(parsed(RunFlags, { ...flags, profile: argument }), showingOf(flags, host), host),
  },
  {
    name: "check",
    summary: "decide the history of an earlier run again, from the file alone",
    argument: { name: "history", text: "a run's history.ndjson.gz" },
    options: ["json"],
    example: "stress check stress-results/20260131T093000Z-1/history.ndjson.gz",
    run: ({ argument, flags, host }) => check(host, { history: argument, json: flags.json === true }),
  },
  {
    name: "report",
    summary: "write the reports of an earlier run again",
    argument: { name: "run", text: "the directory of a run" },
    options: [],
    example: "stress report stress-results/20260131T093000Z-1",
    run: reported,
  },
  {
    name: "selftest",
    summary: "try the checker on spoiled histories, and against a search that cannot be wrong",
    options: ["seed", "histories", "json"],
    example: "stress selftest --seed 1",
    run: ({ flags, host }) => {
      const { seed, histories } = parsed(SelfTestFlags, flags);
      return selftest(host, { seed: seed ?? host.newSeed(), histories, json: flags.json === true });
    },
  },
  {
    name: "doctor",
    summary: "look whether this machine has what a run needs",
    options: ["uri"],
    example: "stress doctor",
    run: ({ flags, host }) => doctor(host, typeof flags.uri === "string" ? flags.uri : null),
  },
];

/** Colours only for a terminal, and for nobody who does not want them. */
function showingOf(flags: Flags, { env, stdoutIsTerminal }: Host): Showing {
  const color = stdoutIsTerminal && flags.color !== false && (env["NO_COLOR"] ?? "") === "";
  return { json: flags.json === true, color };
}

async function reported({ argument, host }: Invoked): Promise<ExitName> {
  try {
    // What cannot be read is a wrong argument; what fails after that is not.
    await readResult(argument);
  } catch (error) {
    throw new UsageError([error instanceof Error ? error.message : "the run cannot be read"]);
  }
  try {
    const { result, junit, summary, html } = await report(argument, { stepSummary: null });
    host.out(`${[result, junit, summary, html].join("\n")}\n`);
    return "pass";
  } catch (error) {
    if (error instanceof UnreadableHistory) throw new UsageError([error.message]);
    throw error;
  }
}

/** @throws UsageError with every flag that is wrong */
function parsed<T>(schema: FlagSchema<T>, flags: object): T {
  const outcome = schema.safeParse(flags);
  if (outcome.success) return outcome.data;
  throw new UsageError(
    outcome.error.issues.map(({ path, message }) => `${placeOf(String(path[0]))}: ${message}`),
  );
}

/** As much of a zod schema as is needed here. */
interface FlagSchema<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly issues: readonly FlagIssue[] } };
}

interface FlagIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function placeOf(name: string): string {
  return name === "profile" ? "the profile" : flagOf(name as OptionName);
}
