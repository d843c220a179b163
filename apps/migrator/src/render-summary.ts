import type { RunCounts, RunOutcome, RunResult } from "@onechat/chat-domain/migrate";
import { durationText } from "./durations.ts";
import type { StopSignal } from "./exit-codes.ts";
import { countText, numberText } from "./number-text.ts";
import { section, table } from "./table.ts";

export interface RunSummary {
  readonly command: "up" | "rollback" | "purge";
  readonly to: string;
  readonly result: RunResult;
  readonly elapsedMs: number;
  /** Whether merges are parked that are tried again only on demand. */
  readonly isRetryOfUse: boolean;
  readonly stoppedBy: StopSignal | null;
}

/** What a run has done and what to do next, in words. */
export function renderSummary(summary: RunSummary): string {
  const { result, elapsedMs } = summary;
  const time = result.run === null ? "" : ` (${durationText(elapsedMs)})`;
  const counts = table(countRows(result.counts), [1]);
  return [
    `${headline(summary)}${time}`,
    ...(counts.length === 0 ? [] : section(`Run ${result.run ?? ""} so far`, counts)),
    ...parkedLines(summary),
    ...nextLines(summary),
  ].join("\n");
}

const countNames: Readonly<Record<keyof RunCounts, string>> = {
  scanned: "chats looked at",
  keyed: "chats given their key",
  rekeyed: "chats whose wrong key was replaced",
  released: "chats that lost a key which is not theirs",
  losers: "duplicates found",
  merged: "duplicates merged into their survivor",
  moved: "documents that follow their chat",
  archivedRows: "documents archived, as the survivor had one already",
  stragglers: "duplicates written to after their merge, merged again",
  purged: "duplicates deleted",
  restored: "duplicates brought back",
  unkeyed: "chats whose key was taken away",
};

function countRows(counts: RunCounts): readonly (readonly string[])[] {
  const names = Object.entries(countNames) as [keyof RunCounts, string][];
  return names.filter(([name]) => counts[name] > 0).map(([name, text]) => [text, numberText(counts[name])]);
}

function headline({ command, to, result: { outcome, run }, stoppedBy }: RunSummary): string {
  const done: Readonly<Record<RunSummary["command"], string>> = {
    up: `Done: everything up to ${to} is finished`,
    rollback: rollbackHeadline(to),
    purge: "Done: settled duplicates are deleted; their redirects, aliases and copies stay",
  };
  const lines: Readonly<Record<RunOutcome, string>> = {
    done: done[command],
    "nothing-to-do":
      command === "rollback" ? "Nothing to do: nothing was ever migrated here" : "Nothing to do",
    parked: `${run === null ? "Nothing to do" : "Finished"}, except for what is parked`,
    paused: "Paused: an operator wants it",
    "out-of-time": "Stopped at a checkpoint: --max-runtime is over",
    unsettled: "Not settled: an old version of the application keeps writing to merged duplicates",
    interrupted: `Stopped at a checkpoint by ${stoppedBy ?? "a signal"}`,
  };
  return lines[outcome];
}

function rollbackHeadline(to: string): string {
  if (to.startsWith("chat "))
    return `Done: ${to} is a chat of its own again, and released: up leaves it alone`;
  return to === "none" ? "Done: the migration is undone" : `Done: everything after ${to} is undone`;
}

function parkedLines({ result: { parked } }: RunSummary): readonly string[] {
  if (parked === 0) return [];
  return ["", `${countText(parked, "chat is", "chats are")} parked: migrator parked says which and why.`];
}

/** Empty where there is nothing to be done. */
function nextLines(summary: RunSummary): readonly string[] {
  const text = nextText(summary);
  return text === null ? [] : ["", `Next: ${text}`];
}

function nextText({ command, to, isRetryOfUse, result: { outcome } }: RunSummary): string | null {
  const again = "run the same command again; it goes on where it stopped.";
  const texts: Readonly<Record<RunOutcome, string | null>> = {
    done: command === "up" ? nextPhase(to) : null,
    "nothing-to-do": null,
    parked:
      "put them right in the database and run the same command again" +
      (isRetryOfUse ? ", with --retry-parked for the merges among them." : "."),
    paused: "migrator status tells who and why; after migrator resume run the same command again.",
    "out-of-time": again,
    unsettled: "stop the old version, then run the same command again.",
    interrupted: again,
  };
  return texts[outcome];
}

function nextPhase(to: string): string {
  const next: Readonly<Record<string, string>> = {
    index: "roll out the new version of the application, then migrator up --execute.",
    backfill: "migrator up --to merge --execute.",
    merge: "migrator up --execute, which settles what came late.",
    settle:
      "migrator verify. Once no old version is running any more: migrator up --to seal --execute, and later migrator purge.",
    seal: "migrator verify; later, to delete merged duplicates for good, migrator purge.",
    purge: "migrator verify.",
  };
  return next[to] ?? "migrator verify.";
}
