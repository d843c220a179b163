import type { FaultEvent } from "../history/history-line.ts";

/** A time after a fault in which nothing is broken. */
export interface Calm {
  readonly from: number;
  readonly until: number;
}

/** The times between the end of all faults under way and the beginning of the next one. */
export function calmTimes(faults: readonly FaultEvent[]): readonly Calm[] {
  const events = faults.toSorted((a, b) => a.at - b.at);
  const active = new Set<string>();
  return events.flatMap(({ fault, target, event, at }, index) => {
    const name = `${fault} ${target}`;
    if (event === "inject") active.add(name);
    else active.delete(name);
    const next = events[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    return active.size === 0 && event === "heal" ? [{ from: at, until: next }] : [];
  });
}
