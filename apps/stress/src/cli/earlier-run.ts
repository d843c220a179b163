import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ExitName } from "../exit-codes.ts";
import type { History } from "../history/history.ts";
import { readHistory, UnreadableHistory } from "../history/read-history.ts";
import type { Host } from "../host.ts";
import { judgedHistory } from "../measure/judged-history.ts";
import type { Anomaly, StressResult } from "../measure/result.ts";
import { readResult } from "../measure/result-file.ts";
import { Claims, type Given, parsed } from "../plan/run-flags.ts";
import { thresholdsOf } from "../plan/run-settings.ts";
import { operationsNumbered } from "../report/anomaly-groups.ts";
import { consoleText } from "../report/console.ts";
import { viewOf } from "../report/view.ts";
import { writeReports } from "../report/write-reports.ts";
import { UsageError } from "../usage-error.ts";

/** So many kinds of anomalies are shown with their operations; the rest is in the JSON. */
const shown = 50;

export async function checkCommand(path: string, given: Given, host: Host): Promise<ExitName> {
  const { history, result } = await earlierRun(path, given, host);
  const { operations, registers } = history;
  const { run, profile, seed, verdict } = result;
  const place = `run ${run}, profile ${profile}, seed ${seed}: ${operations.length} operations on ${registers.length} keys`;
  host.out(
    given["json"] === true
      ? `${JSON.stringify(jsonOf(history, result))}\n`
      : consoleText(viewOf(result, history), { color: false, shown, places: [place] }),
  );
  return verdict;
}

/** What the file alone says, the anomalies with the operations that prove them. */
function jsonOf(history: History, result: StressResult): object {
  const { anomalies, controlAnomalies, seconds: _, environment: __, ...rest } = result;
  const named = new Set([...anomalies, ...controlAnomalies].flatMap(({ witnesses }) => witnesses));
  const known = operationsNumbered(history, named);
  const proven = (anomaly: Anomaly) => ({
    ...anomaly,
    operations: anomaly.witnesses.map((op) => known.get(op)),
  });
  return {
    ...rest,
    operations: history.operations.length,
    keys: history.registers.length,
    anomalies: anomalies.map(proven),
    controlAnomalies: controlAnomalies.map(proven),
  };
}

/** Writes the reports of an earlier run again, from what it left in its directory; thresholds can be judged anew. */
export async function reportCommand(directory: string, given: Given, host: Host): Promise<ExitName> {
  const stored = await readResult(directory);
  // A run that was stopped early may have left none; one that cannot be read is an error.
  const hasHistory = existsSync(join(directory, "history.ndjson.gz"));
  const earlier = hasHistory ? await earlierRun(directory, given, host) : null;
  const anew = earlier?.result.thresholds ?? [];
  const isMissed = anew.some(({ outcome, severity }) => outcome === "missed" && severity === "fail");
  const verdict = isMissed && stored.verdict === "pass" ? "threshold" : stored.verdict;
  const result = { ...stored, thresholds: [...stored.thresholds, ...anew], verdict };
  const { files } = await writeReports(directory, result, earlier?.history ?? null, null);
  host.out(`${files.join("\n")}\n`);
  return isMissed ? "threshold" : "pass";
}

/**
 * The run that this history, or this directory with one, is of: what the history says by itself, held against what is
 * claimed now.
 *
 * @throws UsageError when it cannot be read, or a claim cannot be understood
 */
async function earlierRun(
  path: string,
  given: Given,
  host: Host,
): Promise<{ readonly history: History; readonly result: StressResult }> {
  const thresholds = thresholdsOf(parsed(Claims, given), host);
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const file = isDirectory ? join(path, "history.ndjson.gz") : path;
  const history = await readHistory(file).catch((error: unknown) => {
    throw error instanceof UnreadableHistory ? new UsageError([error.message]) : error;
  });
  const judged = judgedHistory(history, { thresholds, usualThresholds: [] });
  const reproduce = `${host.command} check ${path}`;
  return { history, result: { ...judged, reproduce, durationMs: Number.NaN, environment: {} } };
}
