import type { ExitName } from "../exit-codes.ts";
import { readHistory, UnreadableHistory } from "../history/read-history.ts";
import type { Host } from "../host.ts";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readResult } from "../measure/result-file.ts";
import type { StressResult } from "../measure/result.ts";
import { writeReports } from "../report/write-reports.ts";
import { UsageError } from "../usage-error.ts";
import { earlierRun } from "./earlier-run.ts";
import type { Given } from "./program.ts";

/** Writes the reports of an earlier run again, from what it left in its directory; thresholds can be judged anew. */
export async function reportCommand(directory: string, given: Given, host: Host): Promise<ExitName> {
  const stored = await storedResult(directory);
  const isThere = await stat(join(directory, "history.ndjson.gz")).then(
    () => true,
    () => false,
  );
  // A run that was stopped early may have left none; one that cannot be read is an error.
  const history = isThere ? await readOrRefuse(join(directory, "history.ndjson.gz")) : null;
  const asksAnew = given["threshold"] !== undefined || given["thresholds"] !== undefined;
  const anew =
    asksAnew && history !== null ? (await earlierRun(directory, given, host)).result.thresholds : [];
  const thresholds = [...stored.thresholds, ...anew];
  const isMissed = anew.some(({ outcome, severity }) => outcome === "missed" && severity === "fail");
  const verdict = isMissed && stored.verdict === "pass" ? "threshold" : stored.verdict;
  const { files } = await writeReports(directory, { ...stored, thresholds, verdict }, history, null);
  host.out(`${files.join("\n")}\n`);
  return isMissed ? "threshold" : "pass";
}

/** What cannot be read is a wrong argument; what fails after that is not. */
async function storedResult(directory: string): Promise<StressResult> {
  try {
    return await readResult(directory);
  } catch (error) {
    throw new UsageError([error instanceof Error ? error.message : "the run cannot be read"]);
  }
}

async function readOrRefuse(path: string): ReturnType<typeof readHistory> {
  try {
    return await readHistory(path);
  } catch (error) {
    if (error instanceof UnreadableHistory) throw new UsageError([error.message]);
    throw error;
  }
}
