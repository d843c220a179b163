import { Command as Program, CommanderError, Option } from "commander";
import { type Command, commands } from "./commands/index.ts";
import { type ExitName, exits } from "./exit-codes.ts";
import type { Host } from "./host.ts";
import { type Flags, type OptionName, options } from "./options.ts";

/** What a command line asks for. */
export interface Invocation {
  readonly command: Command;
  readonly flags: Flags;
  readonly argument: string;
}

export type ParsedCommandLine = Invocation | { readonly exit: "ok" | "usage" };

const ofEveryCommand: readonly OptionName[] = ["config", "uriFile", "database", "json"];
const exitsOfEveryCommand: readonly ExitName[] = ["ok", "failed", "usage", "refused"];

/** Reads the arguments; help goes to stdout, and what is wrong with them to stderr. */
export function parseCommandLine(
  argv: readonly string[],
  host: Pick<Host, "out" | "err" | "version">,
): ParsedCommandLine {
  let invocation: Invocation | null = null;
  const program = programFor(host, (asked) => {
    invocation = asked;
  });
  try {
    program.parse([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help that nobody asked for is an answer to a missing command.
    return { exit: error.exitCode === 0 ? "ok" : "usage" };
  }
  return invocation ?? { exit: "usage" };
}

function programFor(
  { out, err, version }: Pick<Host, "out" | "err" | "version">,
  onInvocation: (invocation: Invocation) => void,
): Program {
  const program = new Program("migrator")
    .description(
      "Gives every chat the key of its people and merges duplicates, online.\n" +
        "The connection string comes from MONGODB_URI or --uri-file. Begin with: migrator plan",
    )
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err, outputError: (text, write) => write(text) })
    .showHelpAfterError("(migrator --help shows all commands; --help after a command shows its options)")
    .addHelpText("after", `\n${exitCodesText(Object.keys(exits) as ExitName[])}`)
    .addHelpText(
      "after",
      "\nWhat the words mean (survivor, tombstone, settle, seal, parked …): docs/glossary.md",
    );
  for (const command of commands) addCommand(program, command, onInvocation);
  return program;
}

function addCommand(
  program: Program,
  command: Command,
  onInvocation: (invocation: Invocation) => void,
): void {
  const { name, summary, text, argument, example } = command;
  const sub = program
    .command(name)
    .summary(summary)
    .description(`${sentence(summary)}${text ?? ""}`.trim());
  if (argument !== undefined) sub.argument(`<${argument.name}>`, argument.text);
  for (const option of [...command.options, ...ofEveryCommand]) {
    const { flags, text: about } = options[option];
    sub.addOption(new Option(flags, option === "to" ? (command.to ?? about) : about));
  }
  const mayEnd = new Set<ExitName>([...exitsOfEveryCommand, ...command.exits]);
  const inOrder = (Object.keys(exits) as ExitName[]).filter((exit) => mayEnd.has(exit));
  sub.addHelpText("after", `\nExample:\n  ${example}\n\n${exitCodesText(inOrder)}`);
  sub.action(() => {
    onInvocation({ command, flags: sub.opts<Flags>(), argument: sub.args[0] ?? "" });
  });
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}. `;
}

function exitCodesText(names: readonly ExitName[]): string {
  const lines = names.map((name) => `  ${String(exits[name].code).padStart(3)}  ${exits[name].meaning}`);
  return `Exit codes:\n${lines.join("\n")}\n`;
}
