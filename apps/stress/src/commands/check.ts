import { stat } from "node:fs/promises";
import { join } from "node:path";
import { checkHistory } from "../checker/check-history.ts";
import type { CheckedHistory } from "../checker/checked-history.ts";
import type { ExitName } from "../exit-codes.ts";
import type { History } from "../history/history.ts";
import { readHistory } from "../history/history-reader.ts";
import { UnreadableHistory } from "../history/unreadable-history.ts";
import type { Host } from "../host.ts";
import { checkText } from "./check-text.ts";
import { judgeHistory, type JudgedHistory } from "./judge-history.ts";
import { witnessesOf } from "./witnesses.ts";

export interface CheckInput {
  /** The file, or the directory of the run that it lies in. */
  readonly history: string;
  readonly json: boolean;
}

/** Decides a saved history again. */
export async function check(
  host: Pick<Host, "out" | "err">,
  { history: path, json }: CheckInput,
): Promise<ExitName> {
  const history = await readOrSay(path, host);
  if (history === null) return "config";
  const checked = checkHistory(history);
  const judged = judgeHistory(checked);
  host.out(
    json ? `${JSON.stringify(checkJson(history, checked, judged))}\n` : checkText(history, checked, judged),
  );
  return judged.verdict;
}

async function readOrSay(path: string, { err }: Pick<Host, "err">): Promise<History | null> {
  try {
    return await readHistory(await fileOf(path));
  } catch (error) {
    if (!(error instanceof UnreadableHistory)) throw error;
    err(`stress check cannot begin:\n  - ${error.message}\n`);
    return null;
  }
}

async function fileOf(path: string): Promise<string> {
  const isDirectory = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isDirectory ? join(path, "history.ndjson.gz") : path;
}

function checkJson(
  history: History,
  { contention, faults }: CheckedHistory,
  { anomalies, controlAnomalies, ...judged }: JudgedHistory,
): Readonly<Record<string, unknown>> {
  const witnesses = witnessesOf(history, [...anomalies, ...controlAnomalies]);
  const { run, seed, profile, startedAt } = history.header;
  const withOperations = (anomaly: JudgedHistory["anomalies"][number]) => ({
    ...anomaly,
    operations: anomaly.witnesses.map((op) => witnesses.get(op)),
  });
  return {
    version: 1,
    ...judged,
    run,
    seed,
    profile,
    startedAt,
    operations: history.operations.length,
    keys: history.registers.length,
    anomalies: anomalies.map(withOperations),
    controlAnomalies: controlAnomalies.map(withOperations),
    contention,
    faults,
  };
}
