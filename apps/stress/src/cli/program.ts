import { Command, CommanderError, Option } from "commander";
import { type ExitName, exits } from "../exit-codes.ts";
import type { Host } from "../host.ts";
import { FaultName, Workload } from "../history/history-line.ts";
import { Path } from "../history/operation.ts";
import { ProfileName, profiles, usualVariants } from "../plan/profiles.ts";
import { UsageError } from "../usage-error.ts";
import { checkCommand } from "./check-command.ts";
import { doctorCommand } from "./doctor-command.ts";
import { reportCommand } from "./report-command.ts";
import { runCommand } from "./run-command.ts";
import { selfTestCommand } from "./selftest-command.ts";

/** What was given on a command line: text for options with a value, lists for those that may be repeated, else a boolean. */
export type Given = Readonly<Record<string, unknown>>;

/** The program: from arguments to an exit code. */
export async function stress(argv: readonly string[], host: Host): Promise<number> {
  let ended: ExitName = "config";
  const does =
    (name: string, work: (argument: string, given: Given) => Promise<ExitName>) =>
    async (argument: unknown, given: unknown): Promise<void> => {
      const isFirst = typeof argument === "string";
      ended = await guarded(name, host, () =>
        work(isFirst ? argument : "", (isFirst ? given : argument) as Given),
      );
    };
  const program = programFor(host);
  addRun(program).action(does("run", (profile, given) => runCommand({ ...given, profile }, host)));
  withThresholds(program.command("check <history>"))
    .description("decides the history of an earlier run again, from the file alone")
    .option("--json", "one object of JSON on stdout")
    .action(does("check", (history, given) => checkCommand(history, given, host)));
  withThresholds(program.command("report <run>"))
    .description("writes the reports of an earlier run again")
    .action(does("report", (directory, given) => reportCommand(directory, given, host)));
  program
    .command("selftest")
    .description("tries the checker on spoiled histories, and against a search that cannot be wrong")
    .option("--seed <n>", "the same histories again (random)")
    .option("--histories <n>", "small histories to compare with the search", "100000")
    .option("--json", "one object of JSON on stdout")
    .action(does("selftest", (_, given) => selfTestCommand(given, host)));
  program
    .command("doctor")
    .description("opens everything that a run needs, calls nothing, and says what there is")
    .option("--uri <uri>", "an existing MongoDB instead of one of our own")
    .action(does("doctor", (_, given) => doctorCommand(given, host)));
  for (const command of program.commands) dress(command, host);
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help that nobody asked for is an answer to a missing command.
    return exits[error.exitCode === 0 ? "pass" : "config"].code;
  }
  return exits[ended].code;
}

function programFor(host: Host): Command {
  const program = new Command("stress")
    .description(
      "Proves that there is exactly one chat per set of people, under concurrency and faults, and measures how fast.\n" +
        "Begin with: stress run smoke",
    )
    .version(host.version);
  return dress(program, host);
}

function dress(command: Command, { out, err }: Host): Command {
  return command
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err, outputError: (text, write) => write(text) })
    .showHelpAfterError("(stress --help shows all commands; --help after a command shows its options)")
    .addHelpText("after", `\n${exitCodesText()}`);
}

function addRun(program: Command): Command {
  const summaries = ProfileName.options.map((name) => `  ${name.padEnd(6)}  ${profiles[name].summary}`);
  const command = program
    .command("run [profile]")
    .description(
      `puts a profile's load on the subject and its controls, and says what that proves\n\n${summaries.join("\n")}`,
    )
    .addOption(list("--workload <names>", Workload.options.join(", ")))
    .addOption(list("--path <names>", Path.options.join(", ")))
    .addOption(list("--variant <names>", usualVariants.join(", ")))
    .addOption(list("--fault <names>", `${FaultName.options.join(", ")}; or none`))
    .option("--store <module>", "the subject: a module whose default export opens a store (docs/stress.md)")
    .addOption(list("--target <url>", "the subject: onechat's API that runs there; may be repeated"))
    .option("--token-command <command>", "prints the bearer token of {person}, for --target")
    .option("--people <file>", "accounts that exist, one a line, instead of ids that the run makes up")
    .option(
      "--against <build>",
      "another build to compare with in the same rounds: a folder, a module or a URL",
    )
    .option("--tolerance <share>", "by how much the subject may be slower than --against (5%)")
    .option("--fault-command <commands>", "a fault of your own: 'inject=… heal=…'")
    .option("--seed <n>", "plans the same run again (random)")
    .option("--callers <n>", "calls released at the same instant")
    .option("--keys <n>", "sets of people per workload and round")
    .option("--procs <n>", "processes that call")
    .option("--repeats <n>", "how often each workload and each fault comes")
    .option("--rounds <n>", "rounds of the speed comparison; 0 for none")
    .option("--rate <n/s>", "calls per second of the open loop; 0 for none")
    .option("--duration <time>", "of the open loop and around each fault, such as 500ms, 5s or 2m")
    .option("--timeout <time>", "of one call");
  return withThresholds(command)
    .option("--out <dir>", "where the results go (stress-results/<utc>-<seed>)")
    .option("--uri <uri>", "an existing MongoDB instead of one of our own")
    .option("--port <n>", "first port of the API processes (any free ones)")
    .option("--keep-db", "leave the databases of the run behind")
    .option("--json", "lines of JSON on stdout; the last one is the result")
    .option("--no-color", "plain text; NO_COLOR does the same");
}

function withThresholds(command: Command): Command {
  return command
    .addOption(
      list(
        "--threshold <expression>",
        "such as 'latency{path:http,variant:ours}: p(99)<80'; may be repeated",
      ),
    )
    .option("--thresholds <file>", "JSON with such expressions");
}

function list(flags: string, text: string): Option {
  return new Option(flags, text).argParser((value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);
}

async function guarded(name: string, { err }: Host, work: () => Promise<ExitName>): Promise<ExitName> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError) {
      err([`stress ${name} cannot begin:`, ...error.problems.map((line) => `  - ${line}`), ""].join("\n"));
      return "config";
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    err(`the harness has failed: ${text}\n`);
    return "bug";
  }
}

function exitCodesText(): string {
  const lines = (Object.keys(exits) as ExitName[]).map(
    (name) => `  ${String(exits[name].code).padStart(3)}  ${exits[name].meaning}`,
  );
  return `Exit codes, whichever of these comes first:\n${lines.join("\n")}\n`;
}
