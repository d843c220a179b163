import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ExitName } from "../exit-codes.ts";
import type { Host } from "../host.ts";
import { readResult } from "../measure/result-file.ts";
import { writeReports } from "../report/write-reports.ts";
import { earlierRun } from "./earlier-run.ts";
import type { Given } from "./program.ts";

/** Writes the reports of an earlier run again, from what it left in its directory; thresholds can be judged anew. */
export async function reportCommand(directory: string, given: Given, host: Host): Promise<ExitName> {
  const stored = await readResult(directory);
  // A run that was stopped early may have left none; one that cannot be read is an error.
  const hasHistory = existsSync(join(directory, "history.ndjson.gz"));
  const earlier = hasHistory ? await earlierRun(directory, given, host) : null;
  const anew = earlier?.result.thresholds ?? [];
  const thresholds = [...stored.thresholds, ...anew];
  const isMissed = anew.some(({ outcome, severity }) => outcome === "missed" && severity === "fail");
  const verdict = isMissed && stored.verdict === "pass" ? "threshold" : stored.verdict;
  const result = { ...stored, thresholds, verdict };
  const { files } = await writeReports(directory, result, earlier?.history ?? null, null);
  host.out(`${files.join("\n")}\n`);
  return isMissed ? "threshold" : "pass";
}
