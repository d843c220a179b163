import { type ExitName } from "../exit-codes.ts";
import { readHistory } from "../history/history-reader.ts";
import type { Host } from "../host.ts";
import { type Progress, progress as newProgress } from "../progress.ts";
import { writeReports } from "../report/write-reports.ts";
import type { StressResult } from "../result/stress-result.ts";
import { NotStarted } from "../run/not-started.ts";
import { resultText } from "../run/result-text.ts";
import { runOnce } from "../run/run-once.ts";
import { runResult } from "../run/run-result.ts";
import { type RunSettings, runSettings } from "../run/run-settings.ts";
import type { RunFlags } from "../settings.ts";

/** Runs a profile, and says what it proves. */
export async function runCommand(flags: RunFlags, json: boolean, host: Host): Promise<ExitName> {
  const settings = runSettings(flags, host);
  using progress = newProgress({
    mode: modeOf(json, host),
    write: json ? host.out : host.err,
    columns: host.columns,
    clock: host.clock,
  });
  progress.say(`stress run ${settings.profile}, seed ${settings.seed}`);
  try {
    return await runAndReport({ settings, host, progress }, json);
  } catch (error) {
    if (!(error instanceof NotStarted)) throw error;
    host.err(`nothing was run: ${error.message}\n`);
    return "unknown";
  }
}

interface Running {
  readonly settings: RunSettings;
  readonly host: Host;
  readonly progress: Progress;
}

async function runAndReport(running: Running, json: boolean): Promise<ExitName> {
  const { host, settings } = running;
  const ran = await runOnce(running);
  const history = await readHistory(ran.historyPath);
  const result = runResult(settings, ran, history);
  const stepSummary = host.env["GITHUB_STEP_SUMMARY"] ?? null;
  await writeReports(ran.directory, result, history, { stepSummary });
  show(result, ran.directory, json, host);
  return result.verdict;
}

function show(result: StressResult, directory: string, json: boolean, { out }: Host): void {
  out(
    json
      ? `${JSON.stringify({ event: "result", directory, ...result })}\n`
      : `\n${resultText(result, directory)}`,
  );
}

function modeOf(json: boolean, { stderrIsTerminal }: Host): "json" | "tty" | "plain" {
  if (json) return "json";
  return stderrIsTerminal ? "tty" : "plain";
}
