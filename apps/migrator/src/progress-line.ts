import { durationText } from "./durations.ts";
import { numberText } from "./number-text.ts";

export interface ProgressPoint {
  readonly done: number;
  /** `null` where it is not known beforehand. */
  readonly total: number | null;
  /** Documents in the last batch and how long it took; 0 where it says nothing. */
  readonly batch: number;
  readonly batchMs: number;
}

/** How one phase is getting on. */
export interface ProgressMeter {
  add(point: ProgressPoint): void;
  /** Time that passed without work, such as waiting for replicas, tells nothing about the speed. */
  skip(): void;
  /** With a bar of so many characters; without one for 0. */
  line(parked: number, barWidth: number): string;
}

/** How long the rate remembers: long enough to be calm, short enough to notice a change. */
const memoryMs = 60_000;
/** Before so much is done, a remaining time would be a guess. */
const etaFrom = 0.01;

export function progressMeter(label: string, clock: () => number): ProgressMeter {
  let last: ProgressPoint | null = null;
  let at = clock();
  // A moving average that is right from the first point on: work and time fade alike.
  const recent = { done: 0, ms: 0 };
  const rate = (): number => (recent.ms === 0 ? 0 : recent.done / recent.ms);
  return {
    add(point) {
      const now = clock();
      // A resumed run begins in the middle: its first point only counts for its own batch.
      const more = last === null ? point.batch : point.done - last.done;
      const elapsed = Math.max(now - at, 1);
      const fade = Math.exp(-elapsed / memoryMs);
      recent.done = recent.done * fade + Math.max(more, 0);
      recent.ms = recent.ms * fade + elapsed;
      [last, at] = [point, now];
    },
    skip() {
      at = clock();
    },
    line(parked, barWidth) {
      if (last === null) return label;
      const perSecond = rate() * 1_000;
      const parts = [
        `${label} ${amountText(last, barWidth)}`,
        ...(last.done > 0 ? [`${perSecond < 9.5 ? perSecond.toFixed(1) : numberText(perSecond)}/s`] : []),
        ...(last.total === null ? [] : [`ETA ${etaText(last, last.total, rate())}`]),
        ...(last.batchMs > 0 ? [`batch ${numberText(last.batch)} (${durationText(last.batchMs)})`] : []),
        ...(parked > 0 ? [`parked ${numberText(parked)}`] : []),
      ];
      return parts.join(" | ");
    },
  };
}

function amountText({ done, total }: ProgressPoint, barWidth: number): string {
  if (total === null) return numberText(done);
  const share = shareOf(done, total);
  const bar = barWidth > 0 ? `${barText(share, barWidth)} ` : "";
  return `${bar}${(share * 100).toFixed(1)}% ${numberText(done)}/${numberText(total)}`;
}

function shareOf(done: number, total: number): number {
  return total === 0 ? 1 : Math.min(done / total, 1);
}

function barText(share: number, width: number): string {
  const full = Math.round(share * width);
  return `[${"#".repeat(full)}${"-".repeat(width - full)}]`;
}

function etaText({ done }: ProgressPoint, total: number, rate: number): string {
  if (rate <= 0 || shareOf(done, total) < etaFrom) return "N/A";
  return durationText(Math.max(total - done, 0) / rate);
}
