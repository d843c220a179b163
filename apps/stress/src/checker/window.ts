import { nothing } from "../history/operation-table.ts";

/**
 * When a change can have happened: not before some operation began, and not after some operation ended. Intervals are
 * closed: equal instants are in anybody's favour.
 */
export interface Window {
  readonly from: number;
  readonly fromRow: number;
  readonly until: number;
  readonly untilRow: number;
}

export const always: Window = {
  from: Number.NEGATIVE_INFINITY,
  fromRow: nothing,
  until: Number.POSITIVE_INFINITY,
  untilRow: nothing,
};

export function notBefore(window: Window, from: number, fromRow: number): Window {
  return from > window.from ? { ...window, from, fromRow } : window;
}

export function notAfter(window: Window, until: number, untilRow: number): Window {
  return until < window.until ? { ...window, until, untilRow } : window;
}

export function isOpen(window: Window): boolean {
  return window.from <= window.until;
}
