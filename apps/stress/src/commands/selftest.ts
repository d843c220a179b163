import type { ExitName } from "../exit-codes.ts";
import type { Host } from "../host.ts";
import { type SelfTest, selfTest } from "../selftest/self-test.ts";
import { selfTestText } from "./selftest-text.ts";

export interface SelfTestCommandInput {
  readonly seed: number;
  readonly histories: number;
  readonly json: boolean;
}

/** The least number of small histories that the cross-check is worth its name with. */
export const usualHistories = 100_000;

/** Tries the checker on anomalies that are known to be there, and against a search that cannot be wrong. */
export async function selftest(
  host: Pick<Host, "out" | "err" | "signal" | "stderrIsTerminal">,
  { seed, histories, json }: SelfTestCommandInput,
): Promise<ExitName> {
  const result = await selfTest({
    seed,
    histories,
    onProgress: (done) => {
      if (host.stderrIsTerminal) host.err(`\r\u001B[2K${done} of ${histories} small histories`);
    },
    signal: host.signal,
  });
  if (host.stderrIsTerminal) host.err("\r\u001B[2K");
  host.out(
    json
      ? `${JSON.stringify({ version: 1, seed, ...result })}\n`
      : selfTestText(seed, result, host.signal.aborted),
  );
  return exitOf(result, host.signal);
}

/** A checker that is wrong is a bug of the harness. */
function exitOf({ passed }: SelfTest, { aborted }: AbortSignal): ExitName {
  if (!passed) return "bug";
  return aborted ? "interrupted" : "pass";
}
