import { parkedChats, type RunOptions, type RunResult } from "@onechat/chat-domain/migrate";
import type { Answer } from "./answer.ts";
import { exitOfOutcome } from "./exit-codes.ts";
import { renderSummary, type RunSummary } from "./render-summary.ts";
import type { Session } from "./session.ts";

/** What every command that writes may be told. */
export function runOptions({ settings, host }: Session): RunOptions {
  return {
    signal: host.signal,
    onLocked: settings.onLocked,
    ...(settings.maxRuntime === null ? {} : { maxRuntimeMs: settings.maxRuntime }),
  };
}

/** Runs a command that writes, and says how it ended. */
export async function runToEnd(
  { ctx, host }: Session,
  { command, to }: Pick<RunSummary, "command" | "to">,
  work: () => Promise<RunResult>,
): Promise<Answer> {
  const began = host.clock();
  const result = await work();
  const elapsedMs = host.clock() - began;
  const parkedNow = result.parked === 0 ? [] : await parkedChats(ctx);
  const isRetryOfUse = parkedNow.some(({ kind }) => kind === "unmergeable");
  const { outcome, counts, parked } = result;
  return {
    exit: exitOfOutcome(outcome, host.stoppedBy()),
    text: renderSummary({ command, to, result, elapsedMs, isRetryOfUse, stoppedBy: host.stoppedBy() }),
    json: { outcome, summary: { command, to, seconds: Math.round(elapsedMs) / 1_000, parked, counts } },
  };
}

/** The last line of what only says what would be done. */
export function nothingWritten(command: string): string {
  return `Nothing was written. To do it: ${command} --execute, with the same options`;
}
