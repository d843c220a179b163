import { statSync } from "node:fs";
import { join } from "node:path";
import type { History } from "../history/history.ts";
import { readHistory, UnreadableHistory } from "../history/read-history.ts";
import type { Host } from "../host.ts";
import { judgedHistory } from "../measure/judged-history.ts";
import type { StressResult } from "../measure/result.ts";
import { Claims } from "../plan/run-flags.ts";
import { thresholdsOf } from "../plan/run-settings.ts";
import { UsageError } from "../usage-error.ts";
import { parsed } from "./given.ts";
import type { Given } from "./program.ts";

export interface EarlierRun {
  readonly history: History;
  /** What the history says by itself, held against what is claimed now. */
  readonly result: StressResult;
}

/**
 * The run that this history, or this directory with one, is of.
 *
 * @throws UsageError when it cannot be read, or a claim cannot be understood
 */
export async function earlierRun(path: string, given: Given, host: Host): Promise<EarlierRun> {
  const thresholds = thresholdsOf(parsed(Claims, given), host);
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const history = await readOrRefuse(isDirectory ? join(path, "history.ndjson.gz") : path);
  return {
    history,
    result: {
      ...judgedHistory(history, { thresholds, usualThresholds: [] }),
      reproduce: `${host.command} check ${path}`,
      durationMs: Number.NaN,
      environment: {},
    },
  };
}

async function readOrRefuse(path: string): Promise<History> {
  try {
    return await readHistory(path);
  } catch (error) {
    if (error instanceof UnreadableHistory) throw new UsageError([error.message]);
    throw error;
  }
}
