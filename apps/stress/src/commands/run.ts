import { join } from "node:path";
import type { ExitName } from "../exit-codes.ts";
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

/** How the end of a run is shown. */
export interface Showing {
  readonly json: boolean;
  readonly color: boolean;
}

interface Running {
  readonly settings: RunSettings;
  readonly host: Host;
  readonly progress: Progress;
  readonly showing: Showing;
}

/** Runs a profile, and says what it proves. */
export async function runCommand(flags: RunFlags, showing: Showing, host: Host): Promise<ExitName> {
  const settings = runSettings(flags, host);
  using progress = newProgress({
    mode: modeOf(showing, host),
    write: showing.json ? host.out : host.err,
    columns: host.columns,
    clock: host.clock,
  });
  try {
    const running = { settings, host, progress, showing };
    return settings.endless ? await soak(running) : await runAndReport(running);
  } catch (error) {
    if (!(error instanceof NotStarted)) throw error;
    progress.say(`nothing was run: ${error.message}`);
    return "unknown";
  }
}

/** With a new seed each time, until an anomaly is found, the harness fails, or somebody stops it. */
async function soak(running: Running): Promise<ExitName> {
  const { settings } = running;
  for (let turn = 0; ; turn += 1) {
    const out = settings.out === null ? null : join(settings.out, String(turn + 1));
    const seed = (settings.seed + turn) % 2 ** 32;
    const verdict = await runAndReport({ ...running, settings: { ...settings, seed, out } });
    if (verdict === "anomaly" || verdict === "bug" || verdict === "interrupted") return verdict;
  }
}

async function runAndReport(running: Running): Promise<ExitName> {
  const { host, settings, progress } = running;
  progress.say(`stress run ${settings.profile}, seed ${settings.seed}`);
  const ran = await runOnce(running);
  progress.begin({ label: "checking and writing the report", index: 1, of: 1 });
  const history = await readHistory(ran.historyPath);
  const result = runResult(settings, ran, history);
  const stepSummary = host.env["GITHUB_STEP_SUMMARY"] ?? null;
  const { stepSummaryProblem } = await writeReports(ran.directory, result, history, { stepSummary });
  if (stepSummaryProblem !== null)
    host.err(`the summary could not be added to $GITHUB_STEP_SUMMARY: ${stepSummaryProblem}\n`);
  progress.end();
  show(result, ran.directory, running);
  return result.verdict;
}

function show(result: StressResult, directory: string, { showing, host }: Running): void {
  host.out(
    showing.json
      ? `${JSON.stringify({ event: "result", directory, ...result })}\n`
      : `\n${resultText(result, { directory, color: showing.color })}`,
  );
}

function modeOf({ json }: Showing, { stderrIsTerminal }: Host): "json" | "tty" | "plain" {
  if (json) return "json";
  return stderrIsTerminal ? "tty" : "plain";
}
