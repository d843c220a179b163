import { bisector, group } from "d3-array";
import type { History } from "../history/history.ts";
import type { Block } from "../history/history-line.ts";
import type { Operation } from "../history/operation.ts";
import { percentile } from "./statistics.ts";

/** What one target did with one wave, as speed is concerned. */
export interface MeasuredBlock extends Block {
  readonly operations: readonly Operation[];
}

const byStart = bisector<Operation, number>(({ start }) => start);

/** Nothing else was asked of a block's target meanwhile, so its calls are those that began in its time. */
export function measuredBlocks({ blocks, operations, registers }: History): readonly MeasuredBlock[] {
  if (blocks.length === 0) return [];
  const wayOf = new Map(registers.map(({ key, variant, path }) => [key, `${variant} ${path}`]));
  const calls = operations.filter(({ kind }) => kind !== "merge").toSorted((a, b) => a.start - b.start);
  const byWay = group(calls, ({ key }) => wayOf.get(key));
  return blocks.map((block) => {
    const own = byWay.get(`${block.variant} ${block.path}`) ?? [];
    return {
      ...block,
      operations: own.slice(byStart.left(own, block.from), byStart.right(own, block.until)),
    };
  });
}

export function wallMs({ from, until }: Pick<Block, "from" | "until">): number {
  return (until - from) / 1e6;
}

/** Of the answered calls, in milliseconds, sorted. */
export function latenciesOf(operations: readonly Operation[]): Float64Array {
  const answered = operations.filter(({ outcome }) => outcome === "ok");
  return Float64Array.from(answered, ({ start, end }) => (end - start) / 1e6).toSorted();
}

/** What blocks of one round are compared by. NaN where nothing was answered. */
export const blockMetrics = {
  "latency.p50": ({ operations }: MeasuredBlock): number => percentile(latenciesOf(operations), 0.5),
  "latency.p95": ({ operations }: MeasuredBlock): number => percentile(latenciesOf(operations), 0.95),
  throughput: (block: MeasuredBlock): number =>
    (block.operations.filter(({ outcome }) => outcome === "ok").length / wallMs(block)) * 1_000,
} as const;
