import { max, min, rollup } from "d3-array";
import type { FaultEvent } from "../history/history-line.ts";
import type { Operation } from "../history/operation.ts";
import type { FaultOutcome } from "../measure/result.ts";
import { type Evidence, isAnswer } from "./evidence.ts";
import { type Interval, slowMsDuring } from "./slow-machine.ts";

/** A fault that lasted so many nanoseconds holds up a call that was under way all the time; a shorter one need not. */
const noticeable = 1e8;

/** The way that a call took: its variant and path. */
export function wayOf({ keyNamed }: Evidence, { key }: Operation): string | null {
  const known = keyNamed(key);
  return known === undefined ? null : `${known.register.variant} ${known.register.path}`;
}

/** The times in which nothing is broken: between the end of all faults under way and the beginning of the next one. */
export function calmTimes(faults: readonly FaultEvent[]): readonly Interval[] {
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

/** What every fault did to the calls, and how soon calls were answered again. */
export function faultOutcomes(evidence: Evidence): readonly FaultOutcome[] {
  const events = evidence.history.faults.toSorted((a, b) => a.at - b.at);
  return events.flatMap((inject, index): readonly FaultOutcome[] => {
    if (inject.event !== "inject") return [];
    const { fault, target, at: injectedAt } = inject;
    const heal = events
      .slice(index + 1)
      .find((other) => other.event === "heal" && other.fault === fault && other.target === target);
    const { hit, ways } = impactOf(evidence, injectedAt, heal?.at ?? Number.POSITIVE_INFINITY);
    const about = { fault, target, injectedAt, hit: Math.max(hit, heal?.struck ?? 0) };
    if (heal === undefined) return [{ ...about, healedAt: null, recoveryMs: null, slowMs: 0 }];
    const healedAt = heal.at;
    const recovery = recoveryMs(evidence, ways, healedAt);
    // Of a recovery that is not over yet, all that is left of the run counts.
    const until = recovery === null ? Number.POSITIVE_INFINITY : healedAt + recovery * 1e6;
    const slowMs = slowMsDuring(evidence.history.machine, { from: healedAt, until });
    return [{ ...about, healedAt, recoveryMs: recovery, slowMs }];
  });
}

/** How many calls it hit, and the ways that these took, or those of all calls meanwhile. */
function impactOf(evidence: Evidence, from: number, until: number) {
  const lasts = until - from >= noticeable;
  const meanwhile = evidence.history.operations.filter(({ start, end }) => start <= until && end >= from);
  const struck = meanwhile.filter(
    (operation) => !isAnswer(operation) || (lasts && operation.start <= from && operation.end >= until),
  );
  const some = struck.length > 0 ? struck : meanwhile;
  return { hit: struck.length, ways: new Set(some.map((operation) => wayOf(evidence, operation))) };
}

/** Until the last of the ways that were hit answered again; of those that nobody went any more nothing is known. */
function recoveryMs(evidence: Evidence, ways: ReadonlySet<string | null>, healedAt: number): number | null {
  const way = (operation: Operation): string | null => wayOf(evidence, operation);
  const later = evidence.history.operations.filter((each) => each.end >= healedAt && ways.has(way(each)));
  const never = Number.POSITIVE_INFINITY;
  const answeredAt = rollup(later, (some) => min(some.filter(isAnswer), ({ end }) => end) ?? never, way);
  const last = max(answeredAt.values()) ?? never;
  return last === never ? null : (last - healedAt) / 1e6;
}
