import { z } from "zod";
import type { FaultName, Workload } from "../history/history-line.ts";
import type { Path, Variant } from "../history/operation.ts";

/** How much of what a run does, before flags change it. */
export interface Profile {
  readonly summary: string;
  readonly workloads: readonly Workload[];
  readonly paths: readonly Path[];
  readonly variants: readonly Variant[];
  readonly faults: readonly FaultName[];
  readonly callers: number;
  readonly keys: number;
  readonly procs: number;
  /** How often each workload is repeated on each target, and how often `hot`, whose time is the headline. */
  readonly repeats: number;
  readonly hotRepeats: number;
  /** Rounds of the speed comparison, and how long it may take on one path: then it ends with the rounds it has. */
  readonly rounds: number;
  readonly speedMs: number;
  /** Calls per second of the open loop. */
  readonly rate: number;
  readonly durationMs: number;
  readonly timeoutMs: number;
  /** Goes on with new seeds until it is stopped or finds an anomaly. */
  readonly endless: boolean;
  /** Judged where the run has the figures for them. */
  readonly thresholds: readonly string[];
}

export type ProfileName = z.infer<typeof ProfileName>;
export const ProfileName = z.enum(["smoke", "ci", "chaos", "bench", "soak"]);
