import { join } from "node:path";
import type { ExitName } from "../exit-codes.ts";
import { readHistory } from "../history/read-history.ts";
import type { Host } from "../host.ts";
import { type Given, parsed, RunFlags } from "../plan/run-flags.ts";
import { type RunSettings, runSettings } from "../plan/run-settings.ts";
import { consoleText } from "../report/console.ts";
import { writeReports } from "../report/write-reports.ts";
import { type Progress, progress as newProgress } from "../run/progress.ts";
import { runOnce } from "../run/run-once.ts";
import { runResult } from "../run/run-result.ts";
import { RunStopped } from "../run/stopped.ts";

interface Running {
  readonly settings: RunSettings;
  readonly host: Host;
  readonly progress: Progress;
  readonly isJson: boolean;
  readonly color: boolean;
}

/** Runs a profile, and says what it proves. */
export async function runCommand(given: Given, host: Host): Promise<ExitName> {
  const { profile, json, color: wantsColor, ...flags } = given;
  const isJson = json === true;
  const settings = runSettings(
    parsed(RunFlags, { ...flags, profile: profile === "" ? "ci" : profile }),
    host,
    flags,
  );
  using progress = newProgress({
    mode: isJson ? "json" : host.stderrIsTerminal ? "tty" : "plain",
    write: isJson ? host.out : host.err,
    columns: host.columns,
    clock: host.clock,
  });
  const running = { settings, host, progress, isJson, color: wantsColor !== false && takesColor(host) };
  try {
    return settings.endless ? await soak(running) : await runAndReport(running);
  } catch (error) {
    if (!(error instanceof RunStopped)) throw error;
    progress.say(`nothing was run: ${error.message}`);
    return "unknown";
  }
}

/** Colours only for a terminal, and for nobody who does not want them. */
function takesColor({ stdoutIsTerminal, env }: Host): boolean {
  return stdoutIsTerminal && (env["NO_COLOR"] ?? "") === "";
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

async function runAndReport({ settings, host, progress, isJson, color }: Running): Promise<ExitName> {
  progress.say(`stress run ${settings.profile}, seed ${settings.seed}`);
  const ran = await runOnce(settings, host, progress);
  progress.begin({ label: "checking and writing the report", index: 1, of: 1 });
  const history = await readHistory(ran.historyPath);
  const result = runResult(settings, ran, history);
  const { view, stepSummaryProblem } = await writeReports(
    ran.directory,
    result,
    history,
    host.env["GITHUB_STEP_SUMMARY"] ?? null,
  );
  if (stepSummaryProblem !== null)
    host.err(`the summary could not be added to $GITHUB_STEP_SUMMARY: ${stepSummaryProblem}\n`);
  progress.end();
  const places = [
    ...(view.anomalies.length > 1 ? [`all:     ${host.command} check ${ran.directory}`] : []),
    `results: ${ran.directory}`,
    `again:   ${result.reproduce}`,
  ];
  host.out(
    isJson
      ? `${JSON.stringify({ event: "result", directory: ran.directory, ...result })}\n`
      : `\n${consoleText(view, { color, shown: 1, places })}`,
  );
  return result.verdict;
}
