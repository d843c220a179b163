import type { FaultEvent } from "../history/history-line.ts";
import { cell } from "../history/operation-table.ts";
import type { FaultOutcome } from "../result/stress-result.ts";
import type { Evidence } from "./evidence.ts";

/** A fault that lasted so many nanoseconds holds up a call that was under way all the time; a shorter one need not. */
const noticeable = 1e8;

/** What every fault did to the calls, and how soon calls were answered again. */
export function faultOutcomes(evidence: Evidence): readonly FaultOutcome[] {
  const events = evidence.history.faults.toSorted((a, b) => a.at - b.at);
  return events.flatMap((inject, index) => {
    if (inject.event !== "inject") return [];
    const heal = events
      .slice(index + 1)
      .find(
        ({ event, fault, target }) => event === "heal" && fault === inject.fault && target === inject.target,
      );
    return [faultOutcome(evidence, inject, heal)];
  });
}

function faultOutcome(evidence: Evidence, inject: FaultEvent, heal: FaultEvent | undefined): FaultOutcome {
  const impact = impactOf(evidence, inject.at, heal?.at ?? Number.POSITIVE_INFINITY);
  const ways = impact.hitWays.size > 0 ? impact.hitWays : impact.ways;
  return {
    fault: inject.fault,
    target: inject.target,
    injectedAt: inject.at,
    healedAt: heal?.at ?? null,
    hit: Math.max(impact.hit, heal?.struck ?? 0),
    recoveryMs: heal === undefined ? null : recoveryMs(evidence, ways, heal.at),
  };
}

interface Impact {
  readonly hit: number;
  /** The ways that calls took meanwhile. */
  readonly ways: ReadonlySet<string>;
  readonly hitWays: ReadonlySet<string>;
}

function impactOf(evidence: Evidence, from: number, until: number): Impact {
  const { table } = evidence;
  const lasts = until - from >= noticeable;
  const [ways, hitWays] = [new Set<string>(), new Set<string>()];
  let hit = 0;
  for (let row = 0; row < table.length; row += 1) {
    const [start, end] = [cell(table.start, row), cell(table.end, row)];
    if (start > until || end < from) continue;
    ways.add(wayOf(evidence, row));
    const heldUp = lasts && start <= from && end >= until;
    if (evidence.isAnswer(row) && !heldUp) continue;
    hitWays.add(wayOf(evidence, row));
    hit += 1;
  }
  return { hit, ways, hitWays };
}

/** Until the last of these ways answered again; of those that nobody went any more nothing is known. */
function recoveryMs(evidence: Evidence, ways: ReadonlySet<string>, healedAt: number): number | null {
  const { table } = evidence;
  const answeredAt = new Map<string, number>();
  for (let row = 0; row < table.length; row += 1) {
    const way = wayOf(evidence, row);
    if (cell(table.end, row) < healedAt || !ways.has(way)) continue;
    const at = evidence.isAnswer(row) ? cell(table.end, row) : Number.POSITIVE_INFINITY;
    answeredAt.set(way, Math.min(answeredAt.get(way) ?? at, at));
  }
  const last = Math.max(...answeredAt.values());
  return Number.isFinite(last) ? (last - healedAt) / 1e6 : null;
}

function wayOf({ registers, registerOf }: Evidence, row: number): string {
  const register = registers[registerOf(row)];
  return `${register?.variant} ${register?.path}`;
}
