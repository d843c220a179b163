import type { MigrationEvent } from "@onechat/chat-domain/migrate";
import type { Answer } from "./answer.ts";
import { type Invocation, parseCommandLine } from "./command-line.ts";
import { type Config, parseConfig } from "./config.ts";
import { exits } from "./exit-codes.ts";
import { type Failure, failureOf } from "./failure.ts";
import type { Host } from "./host.ts";
import { formatVersion, jsonLines, type JsonLines } from "./json-lines.ts";
import { hostsOf, maskOf } from "./masked-uri.ts";
import { describeEvents } from "./describe-events.ts";
import { jsonLine } from "./plain-json.ts";
import { progressReporter, type ProgressMode, type ProgressReporter } from "./progress-reporter.ts";
import { connected } from "./session.ts";
import type { Settings } from "./settings.ts";

/** The program: from arguments to an exit code. */
export async function migrator(argv: readonly string[], host: Host): Promise<number> {
  const asked = parseCommandLine(argv, host);
  if ("exit" in asked) return exits[asked.exit].code;
  const { command, flags } = asked;
  const parsed = parseConfig(command.name, flags, host);
  if ("problems" in parsed) {
    const { problems } = parsed;
    if (flags.json === true) host.out(unusable(command.name, problems));
    host.err(problemsText(`migrator ${command.name} cannot begin:`, problems));
    return exits.usage.code;
  }
  return perform(asked, parsed.config, host);
}

async function perform(asked: Invocation, config: Config, host: Host): Promise<number> {
  const { command } = asked;
  const { settings } = config;
  const mask = maskOf(settings.uri);
  const progress = reporterOf(settings, host);
  const lines = command.runs && settings.execute && settings.json ? linesOf(host, mask) : null;
  const describe = describeEvents({ progress, clock: host.clock, mask });
  const onEvent = (event: MigrationEvent): void => {
    describe(event);
    lines?.event(event);
  };
  try {
    const answer = await answerOf(asked, { config, onEvent, progress, host });
    progress.end();
    showAnswer(answer, { name: command.name, settings, lines, host });
    return exits[answer.exit].code;
  } catch (error) {
    progress.end();
    const { stoppedBy } = host;
    const failure = failureOf(error, { stoppedBy: stoppedBy(), hosts: hostsOf(settings.uri), mask });
    showFailure(failure, { name: command.name, settings, lines, host });
    return exits[failure.exit].code;
  }
}

interface RunContext {
  readonly config: Config;
  readonly onEvent: (event: MigrationEvent) => void;
  readonly progress: ProgressReporter;
  readonly host: Host;
}

async function answerOf(
  { command, argument }: Invocation,
  { config, onEvent, progress, host }: RunContext,
): Promise<Answer> {
  const { settings } = config;
  const work = async (): Promise<Answer> => {
    await using database = await connected(config, onEvent);
    return await command.run({ ctx: database.ctx, settings, host, progress, argument });
  };
  // What has no checkpoints to reach has nothing to save either.
  return command.runs && settings.execute ? work() : Promise.race([work(), aborted(host.signal)]);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

function reporterOf(
  { progress }: Settings,
  { err, columns, clock, stderrIsTerminal }: Host,
): ProgressReporter {
  const auto: ProgressMode = stderrIsTerminal ? "tty" : "plain";
  return progressReporter({ mode: progress === "auto" ? auto : progress, err, columns, clock });
}

function linesOf({ out }: Host, mask: (text: string) => string): JsonLines {
  return jsonLines({ out, now: () => new Date(), mask });
}

interface OutputContext {
  readonly name: string;
  readonly settings: Settings;
  readonly lines: JsonLines | null;
  readonly host: Host;
}

function showAnswer({ exit, text, json }: Answer, { name, settings, lines, host }: OutputContext): void {
  const { code } = exits[exit];
  if (lines !== null) return lines.end({ exit: code, ...json });
  host.out(settings.json ? jsonLine({ v: formatVersion, command: name, exit: code, ...json }) : `${text}\n`);
}

function unusable(name: string, problems: readonly string[]): string {
  const error = { code: "USAGE", message: "the configuration cannot be used", problems };
  return jsonLine({ v: formatVersion, command: name, exit: exits.usage.code, error });
}

/** A program that reads JSON gets some in any case; a person reads stderr. */
function showFailure(failure: Failure, { name, settings, lines, host }: OutputContext): void {
  const { exit, code, message, problems } = failure;
  const error = { code, message, problems };
  if (lines !== null) lines.end({ exit: exits[exit].code, outcome: "failed", error });
  else if (settings.json)
    host.out(jsonLine({ v: formatVersion, command: name, exit: exits[exit].code, error }));
  host.err(problemsText(`migrator ${name}: ${message}`, problems));
}

function problemsText(heading: string, problems: readonly string[]): string {
  return [heading, ...problems.map((problem) => `  - ${problem}`), ""].join("\n");
}
