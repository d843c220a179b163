import { Argument, Command as Program, CommanderError, Option } from "commander";
import { type ExitName, exits } from "./exit-codes.ts";
import type { Host } from "./host.ts";
import { type Flags, type OptionName, options } from "./options.ts";

/** What can be asked of the program. */
export interface CommandShape {
  readonly name: string;
  readonly summary: string;
  readonly text?: string;
  readonly argument?: { readonly name: string; readonly text: string; readonly usual?: string };
  readonly options: readonly OptionName[];
  readonly example: string;
}

/** What a command line asks for. */
export interface Invocation {
  readonly command: string;
  readonly argument: string;
  readonly flags: Flags;
}

export type ParsedCommandLine = Invocation | { readonly exit: "pass" | "config" };

/** Reads the arguments; help goes to stdout, and what is wrong with them to stderr. */
export function parseCommandLine(
  argv: readonly string[],
  commands: readonly CommandShape[],
  host: Pick<Host, "out" | "err" | "version">,
): ParsedCommandLine {
  let invocation: Invocation | null = null;
  const program = programFor(host);
  for (const command of commands) {
    addCommand(program, command, (asked) => {
      invocation = asked;
    });
  }
  try {
    program.parse([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help that nobody asked for is an answer to a missing command.
    return { exit: error.exitCode === 0 ? "pass" : "config" };
  }
  return invocation ?? { exit: "config" };
}

function programFor({ out, err, version }: Pick<Host, "out" | "err" | "version">): Program {
  return new Program("stress")
    .description(
      "Proves that there is exactly one chat per set of people, under concurrency and faults, and measures how fast.\n" +
        "Begin with: stress run smoke",
    )
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err, outputError: (text, write) => write(text) })
    .showHelpAfterError("(stress --help shows all commands; --help after a command shows its options)")
    .addHelpText("after", `\n${exitCodesText()}`);
}

function addCommand(
  program: Program,
  { name, summary, text, argument, options: own, example }: CommandShape,
  onInvocation: (invocation: Invocation) => void,
): void {
  const sub = program
    .command(name)
    .summary(summary)
    .description(
      `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.${text === undefined ? "" : `\n${text}`}`,
    );
  if (argument !== undefined) sub.addArgument(argumentOf(argument));
  for (const option of own) sub.addOption(optionOf(option));
  sub.addHelpText("after", `\nExample:\n  ${example}\n\n${exitCodesText()}`);
  sub.action(() => {
    const given = sub.processedArgs[0] as unknown;
    onInvocation({
      command: name,
      argument: typeof given === "string" ? given : "",
      flags: sub.opts<Flags>(),
    });
  });
}

function argumentOf({ name, text, usual }: NonNullable<CommandShape["argument"]>): Argument {
  return usual === undefined
    ? new Argument(`<${name}>`, text)
    : new Argument(`[${name}]`, text).default(usual);
}

function optionOf(name: OptionName): Option {
  const { flags, text, list } = options[name];
  const option = new Option(flags, text);
  if (!list) return option;
  return option.argParser((value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);
}

function exitCodesText(): string {
  const lines = (Object.keys(exits) as ExitName[]).map(
    (name) => `  ${String(exits[name].code).padStart(3)}  ${exits[name].meaning}`,
  );
  return `Exit codes, whichever of these comes first:\n${lines.join("\n")}\n`;
}
