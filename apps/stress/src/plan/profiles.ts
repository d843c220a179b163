import { z } from "zod";
import { FaultName, Workload } from "../history/history-line.ts";
import { Path, type Variant } from "../history/operation.ts";

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
  /** Those too, where the engine is the embedded one: what one call costs beside another is another matter on each. */
  readonly embeddedThresholds: readonly string[];
}

export type ProfileName = z.infer<typeof ProfileName>;
export const ProfileName = z.enum(["smoke", "ci", "chaos", "bench", "soak"]);

/** The subject, and the controls beside it. */
export const usualVariants: readonly Variant[] = ["ours", "naive", "mongoose", "raw"];
/** What can be done without being told how. */
const usualFaults = FaultName.options.filter((fault) => fault !== "command");

const smoke: Profile = {
  summary: "150 calls at once on one pair, and a little of the rest, without faults; at most 30 s",
  workloads: ["hot", "burst", "pairs", "odd-ids", "flood", "scopes", "removed", "merge-race"],
  paths: ["domain"],
  variants: usualVariants,
  faults: [],
  callers: 150,
  keys: 48,
  procs: 2,
  repeats: 1,
  hotRepeats: 5,
  rounds: 0,
  speedMs: 0,
  rate: 0,
  durationMs: 2_000,
  timeoutMs: 4_000,
  endless: false,
  thresholds: [],
  embeddedThresholds: [],
};

const ci: Profile = {
  ...smoke,
  summary:
    "all workloads, paths, variants and faults, and the speed of the subject beside the others'; at most 6 minutes",
  workloads: Workload.options,
  paths: Path.options,
  faults: usualFaults,
  procs: 3,
  rounds: 24,
  speedMs: 30_000,
  rate: 100,
  durationMs: 4_000,
  // `lo`: a threshold is missed when the subject was proven to be slower, and not when the machine was too busy to tell.
  // While legacy chats may exist, a new chat costs two reads before its write.
  thresholds: [
    "ratio(latency.p50){ours/mongoose,path:domain,workload:fresh}: lo<2",
    "ratio(latency.p50){ours/mongoose,path:domain,workload:existing}: lo<1.25",
    "ratio(latency.p50){ours/mongoose,path:domain,workload:hot}: lo<1.25",
    "recovery: max<30s",
  ],
  // Between what this build and what slower ones were measured at (docs/stress.md). Beside the bare driver, which takes
  // least of the processor and so tells them apart on a busy machine too.
  embeddedThresholds: [
    "ratio(latency.p50){ours/raw,path:domain,workload:fresh}: lo<2",
    "ratio(latency.p50){ours/raw,path:domain,workload:existing}: lo<0.45",
  ],
};

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  smoke,
  ci,
  chaos: {
    ...ci,
    summary: "every fault again and again on every path, for correctness only; about 15 minutes",
    repeats: 6,
    rounds: 0,
    rate: 0,
    durationMs: 8_000,
  },
  bench: {
    ...ci,
    summary: "speed only: more rounds and a longer open loop; about 10 minutes",
    workloads: ["hot"],
    faults: [],
    rounds: 60,
    speedMs: 150_000,
    rate: 200,
    durationMs: 20_000,
  },
  soak: {
    ...ci,
    summary: "ci again and again with new seeds, until stopped or an anomaly is found",
    endless: true,
  },
};
