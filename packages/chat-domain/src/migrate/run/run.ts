import type { MigrationContext } from "../context/migration-context.ts";
import type { MigrationCommand, PhaseName, RunCounts, RunOutcome } from "../context/migration-event.ts";
import type { RunRecord } from "../context/migration-records.ts";
import type { BatchSize } from "./batch-size.ts";
import type { GuardedWrites } from "./guarded-writes.ts";
import type { Lease } from "./lease.ts";

export interface RunOptions {
  /** Ends the run at its next checkpoint. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the run stops at a checkpoint. */
  readonly maxRuntimeMs?: number;
  /** What to do while another runner holds the lease; `fail` unless given. */
  readonly onLocked?: "fail" | "wait";
}

/** A command at work: its lease, its writes, its record. */
export interface Run {
  readonly ctx: MigrationContext;
  readonly id: string;
  readonly lease: Lease;
  readonly write: GuardedWrites;
  readonly batch: BatchSize;
  /** The record as it was when this run began or was resumed. */
  readonly resumed: RunRecord | null;
  counts(): RunCounts;
  count(more: Partial<RunCounts>): void;
  /**
   * After every batch: saves where the run is, and asks whether it may go on.
   *
   * @throws RunStopped at an operator's, a signal's or the clock's wish
   * @throws MigrationError `LEASE_LOST`, `ABORTED`
   */
  checkpoint(phase: PhaseName, position: Partial<RunRecord>): Promise<void>;
  /** Runs idempotent work, again and again while the database does not answer, up to the context's patience. */
  attempt<T>(phase: PhaseName, work: () => Promise<T>): Promise<T>;
  /** Tells how far a phase is. */
  progress(phase: PhaseName, at: PhasePosition): void;
  note(event: string, details: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface PhasePosition {
  readonly done: number;
  /** `null` unless given: nobody knows. */
  readonly total?: number | null;
  /** How many the last batch had, and how long it took. */
  readonly batch: number;
  readonly batchMs?: number;
}

/** Thrown by a checkpoint to unwind a run that stops early and in good order. */
export class RunStopped extends Error {
  override readonly name = "RunStopped";
  readonly outcome: RunOutcome;

  constructor(outcome: RunOutcome) {
    super(outcome);
    this.outcome = outcome;
  }
}

export interface RunRequest extends RunOptions {
  readonly command: MigrationCommand;
  readonly to: string;
}
