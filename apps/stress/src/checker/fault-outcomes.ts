import { cell } from "../history/operation-table.ts";
import type { FaultOutcome } from "../result/stress-result.ts";
import type { Evidence } from "./evidence.ts";
import { slowMsDuring } from "./slow-machine.ts";
import { type WayOf, waysOf } from "./ways.ts";

/** A fault that lasted so many nanoseconds holds up a call that was under way all the time; a shorter one need not. */
const noticeable = 1e8;

/** What every fault did to the calls, and how soon calls were answered again. */
export function faultOutcomes(evidence: Evidence): readonly FaultOutcome[] {
  const events = evidence.history.faults.toSorted((a, b) => a.at - b.at);
  const wayOf = waysOf(evidence);
  return events.flatMap((inject, index) => {
    if (inject.event !== "inject") return [];
    const heal = events
      .slice(index + 1)
      .find(
        ({ event, fault, target }) => event === "heal" && fault === inject.fault && target === inject.target,
      );
    const impact = impactOf(evidence, wayOf, inject.at, heal?.at ?? Number.POSITIVE_INFINITY);
    const recovery = heal === undefined ? null : recoveryMs(evidence, wayOf, impact, heal.at);
    return [
      {
        fault: inject.fault,
        target: inject.target,
        injectedAt: inject.at,
        healedAt: heal?.at ?? null,
        hit: Math.max(impact.hit, heal?.struck ?? 0),
        recoveryMs: recovery,
        slowMs: heal === undefined ? 0 : slowMs(evidence, heal.at, recovery),
      },
    ];
  });
}

interface Impact {
  readonly hit: number;
  /** The ways that calls took meanwhile. */
  readonly ways: ReadonlySet<number>;
  readonly hitWays: ReadonlySet<number>;
}

function impactOf(evidence: Evidence, wayOf: WayOf, from: number, until: number): Impact {
  const { table } = evidence;
  const lasts = until - from >= noticeable;
  const [ways, hitWays] = [new Set<number>(), new Set<number>()];
  let hit = 0;
  for (let row = 0; row < table.length; row += 1) {
    const [start, end] = [cell(table.start, row), cell(table.end, row)];
    if (start > until || end < from) continue;
    ways.add(wayOf(row));
    const heldUp = lasts && start <= from && end >= until;
    if (evidence.isAnswer(row) && !heldUp) continue;
    hitWays.add(wayOf(row));
    hit += 1;
  }
  return { hit, ways, hitWays };
}

/** Until the last of the ways that were hit answered again; of those that nobody went any more nothing is known. */
function recoveryMs(evidence: Evidence, wayOf: WayOf, impact: Impact, healedAt: number): number | null {
  const { table } = evidence;
  const ways = impact.hitWays.size > 0 ? impact.hitWays : impact.ways;
  const answeredAt = new Map<number, number>();
  for (let row = 0; row < table.length; row += 1) {
    if (cell(table.end, row) < healedAt || !ways.has(wayOf(row))) continue;
    const at = evidence.isAnswer(row) ? cell(table.end, row) : Number.POSITIVE_INFINITY;
    answeredAt.set(wayOf(row), Math.min(answeredAt.get(wayOf(row)) ?? at, at));
  }
  const last = Math.max(...answeredAt.values());
  return Number.isFinite(last) ? (last - healedAt) / 1e6 : null;
}

/** Of a recovery that is not over yet, all that is left of the run counts. */
function slowMs({ history }: Evidence, healedAt: number, recovery: number | null): number {
  const until = recovery === null ? Number.POSITIVE_INFINITY : healedAt + recovery * 1e6;
  return slowMsDuring(history.machine, { from: healedAt, until });
}
