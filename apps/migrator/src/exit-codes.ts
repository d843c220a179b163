import type { MigrationErrorCode, RunOutcome } from "@onechat/chat-domain/migrate";

/** Every way in which this program ends; pipelines branch on the code. */
export const exits = {
  ok: { code: 0, meaning: "done, or nothing to do" },
  failed: { code: 1, meaning: "failed or aborted; what is done is saved, run the same command again" },
  usage: { code: 2, meaning: "wrong flags or configuration" },
  refused: { code: 3, meaning: "refused before anything was written" },
  pending: { code: 4, meaning: "work is pending (plan and status with --exit-code)" },
  unverified: { code: 5, meaning: "verification found something wrong" },
  parked: { code: 6, meaning: "finished, but parked chats need manual repair" },
  stopped: { code: 7, meaning: "paused, unsettled or out of --max-runtime: run again" },
  locked: { code: 75, meaning: "another runner holds the lock: try later" },
  interrupted: { code: 130, meaning: "SIGINT, after a checkpoint: run again" },
  terminated: { code: 143, meaning: "SIGTERM, after a checkpoint: run again" },
} as const satisfies Readonly<Record<string, { readonly code: number; readonly meaning: string }>>;

export type ExitName = keyof typeof exits;

export type StopSignal = "SIGINT" | "SIGTERM";

const ofSignal: Readonly<Record<StopSignal, ExitName>> = { SIGINT: "interrupted", SIGTERM: "terminated" };

const ofOutcome: Readonly<Record<Exclude<RunOutcome, "interrupted">, ExitName>> = {
  done: "ok",
  "nothing-to-do": "ok",
  parked: "parked",
  paused: "stopped",
  "out-of-time": "stopped",
  unsettled: "stopped",
};

const ofError: Readonly<Record<MigrationErrorCode, ExitName>> = {
  PREFLIGHT_REFUSED: "refused",
  LOCKED: "locked",
  LEASE_LOST: "locked",
  ABORTED: "failed",
  UNAVAILABLE: "failed",
  REFUSED: "failed",
  NOT_FOUND: "failed",
};

export function exitOfSignal(signal: StopSignal): ExitName {
  return ofSignal[signal];
}

export function exitOfOutcome(outcome: RunOutcome, signal: StopSignal | null): ExitName {
  return outcome === "interrupted" ? ofSignal[signal ?? "SIGINT"] : ofOutcome[outcome];
}

export function exitOfError(code: MigrationErrorCode): ExitName {
  return ofError[code];
}
