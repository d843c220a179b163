import { type Command, commands } from "./commands/index.ts";
import { parseCommandLine } from "./command-line.ts";
import { exits, type ExitName } from "./exit-codes.ts";
import type { Host } from "./host.ts";
import { UsageError } from "./usage-error.ts";

/** The program: from arguments to an exit code. */
export async function stress(argv: readonly string[], host: Host): Promise<number> {
  const asked = parseCommandLine(argv, commands, host);
  if ("exit" in asked) return exits[asked.exit].code;
  const command = commands.find(({ name }) => name === asked.command);
  if (command === undefined) throw new Error(`no command is called ${asked.command}`);
  return exits[await perform(command, { argument: asked.argument, flags: asked.flags, host })].code;
}

async function perform(command: Command, invocation: Parameters<Command["run"]>[0]): Promise<ExitName> {
  const { err } = invocation.host;
  try {
    return await command.run(invocation);
  } catch (error) {
    if (error instanceof UsageError) {
      err(
        [`stress ${command.name} cannot begin:`, ...error.problems.map((line) => `  - ${line}`), ""].join(
          "\n",
        ),
      );
      return "config";
    }
    err(
      `the harness has failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return "bug";
  }
}
