import type { Workload } from "../history/history-line.ts";
import { percentile } from "../speed/percentile.ts";
import type { ProcessHealth, SeenOperation } from "../worker/orders.ts";
import type { PerformedWave } from "./perform.ts";
import type { Target } from "./target.ts";

/** What one target did with one wave, as speed is concerned. */
export interface MeasuredBlock {
  readonly target: Target;
  readonly workload: Workload;
  /** `null` outside of rounds. */
  readonly round: number | null;
  /** The second one of a target that is compared with itself. */
  readonly twin: boolean;
  readonly operations: readonly SeenOperation[];
  /** From the release to the last answer. */
  readonly wallMs: number;
  readonly health: readonly ProcessHealth[];
}

export function measuredBlock(
  { at, operations, health }: PerformedWave,
  about: Pick<MeasuredBlock, "target" | "workload" | "round" | "twin">,
): MeasuredBlock {
  const end = operations.reduce((latest, operation) => Math.max(latest, operation.end), at);
  return { ...about, operations, wallMs: (end - at) / 1e6, health };
}

/** What blocks of one round are compared by. NaN where nothing was answered. */
export const blockMetrics = {
  "latency.p50": ({ operations }: MeasuredBlock): number => percentile(latenciesOf(operations), 0.5),
  "latency.p95": ({ operations }: MeasuredBlock): number => percentile(latenciesOf(operations), 0.95),
  throughput: ({ operations, wallMs }: MeasuredBlock): number =>
    (operations.filter(({ outcome }) => outcome === "ok").length / wallMs) * 1_000,
} as const;

function latenciesOf(operations: readonly SeenOperation[]): Float64Array {
  const answered = operations.filter(({ outcome }) => outcome === "ok");
  return Float64Array.from(answered, ({ start, end }) => (end - start) / 1e6).toSorted();
}
