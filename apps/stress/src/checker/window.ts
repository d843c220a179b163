import type { Operation } from "../history/operation.ts";

/**
 * When a change can have happened: not before some operation began, and not after some operation ended. Intervals are
 * closed: equal instants are in anybody's favour.
 */
export interface Window {
  readonly from: number;
  readonly opened: Operation | null;
  readonly until: number;
  readonly closed: Operation | null;
}

export const always: Window = {
  from: Number.NEGATIVE_INFINITY,
  opened: null,
  until: Number.POSITIVE_INFINITY,
  closed: null,
};

/** Not before this operation began, or, where it is said, not before another instant that it is the reason for. */
export function notBefore(window: Window, opened: Operation | null, from = opened?.start): Window {
  return from !== undefined && from > window.from ? { ...window, from, opened } : window;
}

export function notAfter(window: Window, closed: Operation): Window {
  return closed.end < window.until ? { ...window, until: closed.end, closed } : window;
}

export function isOpen(window: Window): boolean {
  return window.from <= window.until;
}
