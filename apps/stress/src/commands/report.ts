import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { History } from "../history/history.ts";
import { readHistory } from "../history/history-reader.ts";
import { type ReportFiles, type ReportOptions, writeReports } from "../report/write-reports.ts";
import { readResult } from "../result/result-file.ts";

/** Writes the reports of an earlier run again, from what it left in its directory. */
export async function report(runDirectory: string, options: ReportOptions): Promise<ReportFiles> {
  const result = await readResult(runDirectory);
  return await writeReports(runDirectory, result, await historyIn(runDirectory), options);
}

/** A run that was stopped early may have left none; one that cannot be read is an error. */
async function historyIn(runDirectory: string): Promise<History | null> {
  const path = join(runDirectory, "history.ndjson.gz");
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere ? await readHistory(path) : null;
}
