import { FaultName, Workload } from "../history/history-line.ts";
import { Path, Variant } from "../history/operation.ts";
import type { Profile, ProfileName } from "./profile.ts";

const smoke: Profile = {
  summary: "150 calls at once on one pair, and a little of the rest, without faults; at most 30 s",
  workloads: ["hot", "burst", "pairs"],
  paths: ["domain"],
  variants: Variant.options,
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
};

const ci: Profile = {
  ...smoke,
  summary:
    "all workloads, paths, variants and faults, and the speed of ours beside the others'; at most 6 minutes",
  workloads: Workload.options,
  paths: Path.options,
  faults: FaultName.options,
  procs: 3,
  rounds: 24,
  speedMs: 30_000,
  rate: 100,
  durationMs: 4_000,
  // `lo`: a threshold is missed when ours was proven to be slower, and not when the machine was too busy to tell.
  // While legacy chats may exist, a new chat costs two reads before its write.
  thresholds: [
    "ratio(latency.p50){ours/mongoose,path:domain,workload:fresh}: lo<2",
    "ratio(latency.p50){ours/mongoose,path:domain,workload:existing}: lo<1.25",
    "ratio(latency.p50){ours/mongoose,path:domain,workload:hot}: lo<1.25",
    "recovery: max<30s",
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
