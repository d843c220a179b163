import type { NativeId } from "../../identity/native-id.ts";

/** The phases of `up`, in their order: every one leaves the application in a state that it can stay in. */
export const migrationPhases = ["index", "backfill", "merge", "settle", "seal", "purge"] as const;
export type MigrationPhase = (typeof migrationPhases)[number];

/** What `rollback` goes back to: the state after that phase, or before all of them. */
export const rollbackTargets = ["merge", "backfill", "index", "none"] as const;
export type RollbackTarget = (typeof rollbackTargets)[number];

/** What a run has done so far, over all of its phases. */
export interface RunCounts {
  /** Chats looked at by backfill. */
  readonly scanned: number;
  /** Chats that got their key. */
  readonly keyed: number;
  /** Chats whose people have changed: the key of the present ones has replaced the other. */
  readonly rekeyed: number;
  /** Chats that held a key which is not theirs, and have none now. */
  readonly released: number;
  /** Duplicates found. */
  readonly losers: number;
  /** Duplicates merged into their survivor. */
  readonly merged: number;
  /** Referencing documents that follow their chat now. */
  readonly moved: number;
  /** Referencing documents that could not follow and were archived, by the declared policy. */
  readonly archivedRows: number;
  /** Documents found at a duplicate after it was merged: an old version is still writing. */
  readonly stragglers: number;
  /** Duplicates deleted. */
  readonly purged: number;
  /** Duplicates brought back. */
  readonly restored: number;
  /** Chats whose key was taken away again. */
  readonly unkeyed: number;
}

export type MigrationCommand = "up" | "rollback";
export type PhaseName = MigrationPhase | "rollback";

/** What happens while a command runs, for whoever shows it. Never holds ids of people. */
export type MigrationEvent =
  | {
      readonly event: "run.start";
      readonly run: string;
      readonly command: MigrationCommand;
      readonly to: string;
      readonly resumed: boolean;
    }
  | { readonly event: "lock.waiting"; readonly holder: string }
  | { readonly event: "lock.acquired"; readonly fence: number; readonly takenOver: boolean }
  | { readonly event: "phase.start"; readonly phase: PhaseName }
  | { readonly event: "phase.end"; readonly phase: PhaseName; readonly counts: RunCounts }
  | {
      readonly event: "progress";
      readonly phase: PhaseName;
      readonly done: number;
      /** `null` where it is not known beforehand. */
      readonly total: number | null;
      readonly counts: RunCounts;
      readonly batch: number;
      readonly batchMs: number;
    }
  | { readonly event: "batch.retry"; readonly phase: PhaseName; readonly reason: string }
  | {
      readonly event: "batch.bisect";
      readonly phase: PhaseName;
      readonly size: number;
      readonly reason: string;
    }
  | { readonly event: "throttle.on" | "throttle.off"; readonly reason: string }
  | { readonly event: "chat.parked"; readonly chat: NativeId; readonly reason: string }
  | { readonly event: "note"; readonly message: string }
  | {
      readonly event: "run.end";
      readonly run: string;
      readonly outcome: RunOutcome;
      readonly counts: RunCounts;
    };

/** How a run that did not fail has ended. */
export type RunOutcome =
  | "done"
  /** There was nothing to do, and nothing was written. */
  | "nothing-to-do"
  /** Everything else is done; what is parked needs a person. */
  | "parked"
  /** Stopped by an operator's `pause`: run again after `resume`. */
  | "paused"
  /** Its time was up: run again. */
  | "out-of-time"
  /** An old version kept writing to merged duplicates: run again once it is gone. */
  | "unsettled"
  /** Stopped by a signal, after a checkpoint: run again. */
  | "interrupted";

export interface RunResult {
  readonly outcome: RunOutcome;
  /** `null` when nothing was written. */
  readonly run: string | null;
  readonly counts: RunCounts;
  /** What is parked now, over all runs. */
  readonly parked: number;
}

export const noCounts: RunCounts = {
  scanned: 0,
  keyed: 0,
  rekeyed: 0,
  released: 0,
  losers: 0,
  merged: 0,
  moved: 0,
  archivedRows: 0,
  stragglers: 0,
  purged: 0,
  restored: 0,
  unkeyed: 0,
};
