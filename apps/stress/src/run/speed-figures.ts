import type { Operation } from "../history/operation.ts";
import type { ClientHealth, LatencySummary, RatioEstimate } from "../result/stress-result.ts";
import { type ClientProcess, dispatchLags, judgeClient } from "../speed/judge-client.ts";
import { type Pair, ratioEstimate } from "../speed/ratio-estimate.ts";
import { summarizeLatencies } from "../speed/summarize-latencies.ts";
import type { SeenOperation } from "../worker/orders.ts";
import { blockMetrics, type MeasuredBlock } from "./measured-block.ts";

/** Latencies of every variant, path and workload, over all of its blocks. */
export function latenciesOf(blocks: readonly MeasuredBlock[]): readonly LatencySummary[] {
  return [...grouped(blocks, groupName).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { target, workload } = first;
    return summarizeLatencies(
      group.flatMap(({ operations }) => operations.map(numbered)),
      {
        variant: target.variant,
        path: target.path,
        workload,
        elapsedMs: group.reduce((sum, { wallMs }) => sum + wallMs, 0),
      },
    );
  });
}

/** Ours beside every other variant and beside itself, from blocks of the same round. */
export function ratiosOf(blocks: readonly MeasuredBlock[], seed: number): readonly RatioEstimate[] {
  const rounds = blocks.filter(({ round }) => round !== null);
  const races = [...grouped(rounds, ({ target, workload }) => `${target.path} ${workload}`).values()];
  return races.flatMap((race) => {
    const ours = race.filter(({ target, twin }) => target.variant === "ours" && !twin);
    const others = grouped(
      race.filter((block) => !ours.includes(block)),
      ({ target }) => target.variant,
    );
    return [...others.values()].flatMap((other) => ratiosBetween(ours, other, seed));
  });
}

function ratiosBetween(
  ours: readonly MeasuredBlock[],
  others: readonly MeasuredBlock[],
  seed: number,
): readonly RatioEstimate[] {
  const [other] = others;
  if (other === undefined) return [];
  const ofRound = new Map(others.map((block) => [block.round, block]));
  return Object.entries(blockMetrics).flatMap(([metric, figureOf]) => {
    const pairs = ours.flatMap((block): readonly Pair[] => {
      const match = ofRound.get(block.round);
      return match === undefined ? [] : [[figureOf(block), figureOf(match)]];
    });
    const estimate = ratioEstimate(pairs, { seed });
    if (estimate === null) return [];
    const { target, workload } = other;
    return [{ metric, of: "ours", to: target.variant, path: target.path, workload, ...estimate }];
  });
}

/** Whether the calling processes could keep up; told by the open loop where there was one. */
export function clientHealth(blocks: readonly MeasuredBlock[]): ClientHealth {
  const open = blocks.filter(({ round }) => round === null);
  const telling = open.length > 0 ? open : blocks;
  const operations = open.flatMap((block) => block.operations.map(numbered));
  return judgeClient(processesOf(telling), dispatchLags(operations));
}

/** Each process's mean over all blocks, which are of about the same length. */
function processesOf(blocks: readonly MeasuredBlock[]): readonly ClientProcess[] {
  const size = Math.max(0, ...blocks.map(({ health }) => health.length));
  return Array.from({ length: size }, (_, index) => {
    const own = blocks.flatMap(({ health }) => health[index] ?? []);
    return {
      eventLoopUtilization: mean(own.map(({ eventLoopUtilization }) => eventLoopUtilization)),
      eventLoopDelayP99Ms: mean(own.map(({ eventLoopDelayP99Ms }) => eventLoopDelayP99Ms)),
    };
  });
}

function mean(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
}

function groupName({ target, workload }: MeasuredBlock): string {
  return `${target.variant} ${target.path} ${workload}`;
}

/** Statistics do not ask who called, or in which order. */
function numbered(seen: SeenOperation): Operation {
  return { type: "op", op: 0, process: "", ...seen };
}

function grouped<T>(values: readonly T[], nameOf: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(nameOf(value));
    if (group === undefined) groups.set(nameOf(value), [value]);
    else group.push(value);
  }
  return groups;
}
