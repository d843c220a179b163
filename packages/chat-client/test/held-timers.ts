import { onTestFinished, vi } from "vitest";

export interface HeldTimers {
  /** How long each of them would have taken, in milliseconds. */
  readonly waits: readonly number[];
  /** The time has come for all that are held. */
  goOff(): void;
}

/** Until the end of the test, timers of such a length go off when the test says so; all others as ever. */
export function heldTimers(isHeld: (ms: number) => boolean): HeldTimers {
  const real = globalThis.setTimeout;
  const waits: number[] = [];
  let held: (() => void)[] = [];
  const setTimeout = (callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): NodeJS.Timeout => {
    if (!isHeld(ms)) return real(callback, ms, ...args);
    waits.push(ms);
    held.push(() => callback(...args));
    return real(() => undefined);
  };
  const spy = vi
    .spyOn(globalThis, "setTimeout")
    .mockImplementation(setTimeout as typeof globalThis.setTimeout);
  onTestFinished(() => spy.mockRestore());
  return {
    waits,
    goOff() {
      const due = held;
      held = [];
      for (const callback of due) callback();
    },
  };
}
