import type { Document } from "mongodb";
import { valueAt } from "./expected.ts";

/** A counter that the application also resets: what its merged value is beside the sum of all counters. */
export interface Counter {
  off: number;
  isLoose: boolean;
  /** What of each duplicate is in it, and what it was when that was folded. */
  readonly marks: Map<number, number>;
  readonly left: Map<number, number>;
}

export const counters = ["count", "unread.p1"] as const;

/** Of those that are known. */
export function counterOf(
  { counters: known }: { readonly counters: Map<string, Counter> },
  set: number,
  path: string,
): Counter {
  const name = `${set} ${path}`;
  const counter = known.get(name) ?? { off: 0, isLoose: false, marks: new Map(), left: new Map() };
  known.set(name, counter);
  return counter;
}

export const countIn = (chat: Document | null | undefined, path: string): number =>
  Number(valueAt(chat, path) ?? 0);

export const markedSum = ({ marks }: Counter): number => [...marks.values()].reduce((a, b) => a + b, 0);

/** Gains are taken; a loss only where the counter still is what the fold of that duplicate has left. */
export function settleCounter(
  counter: Counter,
  path: string,
  { own, others }: { readonly own: Document; readonly others: ReadonlyMap<number, Document> },
): void {
  const { marks, left } = counter;
  const value = (): number => countIn(own, path) + markedSum(counter) + counter.off;
  const before = value();
  const following: number[] = [];
  for (const [number, chat] of others) {
    const [now, mark] = [countIn(chat, path), marks.get(number)];
    const isLeft = left.get(number) === before;
    const isLoss = mark !== undefined && now < mark;
    if (isLoss && !isLeft) counter.off += mark - now;
    if (isLeft || mark === undefined || now > mark) following.push(number);
    marks.set(number, now);
  }
  for (const number of following) left.set(number, value());
}
