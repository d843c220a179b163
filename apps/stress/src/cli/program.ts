import { Command, CommanderError, Option } from "commander";
import type { z } from "zod";
import { type ExitName, exits } from "../exit-codes.ts";
import type { Host } from "../host.ts";
import { ProfileName, profiles } from "../plan/profiles.ts";
import { flagOf } from "../plan/reproduce-command.ts";
import { Claims, type Given, RunFlags } from "../plan/run-flags.ts";
import { UsageError } from "../usage-error.ts";
import { checkCommand, reportCommand } from "./earlier-run.ts";
import { runCommand } from "./run-command.ts";
import { selfTestCommand } from "./selftest-command.ts";

/** The program: from arguments to an exit code. */
export async function stress(argv: readonly string[], host: Host): Promise<number> {
  let ended: ExitName = "config";
  const does = (command: Command, work: (argument: string, given: Given) => Promise<ExitName>): void => {
    command.action(async () => {
      ended = await guarded(command.name(), host, () => work(command.args[0] ?? "", command.opts()));
    });
  };
  const program = programFor(host);
  does(runOf(program), (profile, given) => runCommand({ ...given, profile }, host));
  does(
    withFlags(program.command("check <history>"), Claims)
      .description("decides the history of an earlier run again, from the file alone")
      .option("--json", "one object of JSON on stdout"),
    (history, given) => checkCommand(history, given, host),
  );
  does(
    withFlags(program.command("report <run>"), Claims).description(
      "writes the reports of an earlier run again",
    ),
    (directory, given) => reportCommand(directory, given, host),
  );
  does(
    program
      .command("selftest")
      .description(
        "tries the checker on spoiled histories, and against a search that cannot be wrong; in a clone of the repository only",
      )
      .option("--seed <n>", "the same histories again (random)")
      .option("--histories <n>", "small histories to compare with the search", "100000")
      .option("--json", "one object of JSON on stdout"),
    (_, given) => selfTestCommand(given, host),
  );
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help that nobody asked for is an answer to a missing command.
    return exits[error.exitCode === 0 ? "pass" : "config"].code;
  }
  return exits[ended].code;
}

/** What is said here, the commands that are added to it inherit. */
function programFor({ version, command, out, err }: Host): Command {
  return new Command(command)
    .description(
      "Proves that there is exactly one chat per set of people, under concurrency and faults, and measures how fast.\n" +
        `Begin with: ${command} run smoke`,
    )
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err, outputError: (text, write) => write(text) })
    .showHelpAfterError(`(${command} --help shows all commands; --help after a command shows its options)`)
    .addHelpText("afterAll", `\n${exitCodesText()}`);
}

function runOf(program: Command): Command {
  const summaries = ProfileName.options.map((name) => `  ${name.padEnd(6)}  ${profiles[name].summary}`);
  const command = program
    .command("run [profile]")
    .description(
      `puts a profile's load on the subject and its controls, and says what that proves\n\n${summaries.join("\n")}`,
    );
  return withFlags(command, RunFlags.omit({ profile: true }))
    .option("--json", "lines of JSON on stdout; the last one is the result")
    .option("--no-color", "plain text; NO_COLOR does the same");
}

function gather(each: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), each];
}

/** The flags as their schema tells them; what may be repeated is gathered. */
function withFlags(command: Command, { shape }: z.ZodObject): Command {
  for (const [name, schema] of Object.entries(shape)) {
    const { value, text, isList } = (schema as z.ZodType).meta() ?? {};
    const option = new Option(`${flagOf(name)} ${String(value)}`.trim(), String(text));
    command.addOption(isList === true ? option.argParser(gather) : option);
  }
  return command;
}

async function guarded(
  name: string,
  { command, err }: Host,
  work: () => Promise<ExitName>,
): Promise<ExitName> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError) {
      err(
        [`${command} ${name} cannot begin:`, ...error.problems.map((line) => `  - ${line}`), ""].join("\n"),
      );
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
