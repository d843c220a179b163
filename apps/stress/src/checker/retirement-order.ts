import { cell } from "../history/operation-table.ts";
import type { Evidence } from "./evidence.ts";
import type { Finding } from "./finding.ts";
import { outOfOrder } from "./out-of-order.ts";
import { type Retired, wayFrom } from "./retirements.ts";
import { people, type Sighting } from "./sightings.ts";
import { isOpen, notAfter, notBefore, type Window } from "./window.ts";

export interface RetirementOrder {
  /** The ids that must have been retired. */
  readonly happened: ReadonlySet<number>;
  readonly findings: readonly Finding[];
}

/**
 * Whether there are instants for all retirements that the answers allow, if `chat` was the chat of these people at the
 * beginning. Survivors live longer than what was retired in their favour, so one sweep that gives every retirement its
 * earliest instant finds out.
 */
export function retirementOrder(
  evidence: Evidence,
  retired: Retired,
  sightings: readonly Sighting[],
  chat: number | null,
): RetirementOrder {
  const windows = new Map([...retired].map(([id, { window }]) => [id, window]));
  const happened = new Set([...retired].filter(([, { certain }]) => certain).map(([id]) => id));
  const findings: Finding[] = [];
  for (const sighting of sightings) {
    const from = sighting.asked === people ? chat : sighting.asked;
    const way = from === null ? [] : wayFrom(retired, from, sighting.seen);
    if (way === null) findings.push(...unexplained(evidence, sightings, sighting, from));
    else narrow(evidence, { windows, happened }, sighting, way);
  }
  return { happened, findings: [...findings, ...sweep(evidence, retired, { windows, happened }, sightings)] };
}

function unexplained(
  { complete, idText }: Evidence,
  sightings: readonly Sighting[],
  { asked, seen, first }: Sighting,
  from: number | null,
): readonly Finding[] {
  if (!complete) return [];
  const text = `${idText(from ?? seen)} led to ${idText(seen)}, and no merge explains it`;
  const other = sightings.find((each) => each.asked === asked && each.seen !== seen);
  return [{ name: "SPLIT_ID", text, rows: other === undefined ? [first] : [first, other.first] }];
}

interface Narrowed {
  readonly windows: Map<number, Window>;
  readonly happened: Set<number>;
}

/** Whatever led to an id is retired by then, and the id itself is not. */
function narrow(
  { table }: Evidence,
  { windows, happened }: Narrowed,
  { seen, lastStarted, firstEnded }: Sighting,
  way: readonly number[],
): void {
  for (const id of way) happened.add(id);
  const [last] = way.slice(-1);
  const before = last === undefined ? undefined : windows.get(last);
  if (last !== undefined && before !== undefined)
    windows.set(last, notAfter(before, cell(table.end, firstEnded), firstEnded));
  const own = windows.get(seen);
  if (own !== undefined) windows.set(seen, notBefore(own, cell(table.start, lastStarted), lastStarted));
}

function sweep(
  evidence: Evidence,
  retired: Retired,
  { windows, happened }: Narrowed,
  sightings: readonly Sighting[],
): readonly Finding[] {
  const findings: Finding[] = [];
  const waiting = new Set(happened);
  while (waiting.size > 0) {
    const id = [...waiting].find((each) => ![...waiting].some((other) => retired.get(other)?.to === each));
    const retirement = id === undefined ? undefined : retired.get(id);
    const window = id === undefined ? undefined : windows.get(id);
    if (id === undefined || retirement === undefined || window === undefined)
      return [...findings, retiredInACircle(evidence, retired, waiting)];
    waiting.delete(id);
    if (!isOpen(window)) findings.push(outOfOrder(evidence, sightings, { id, retirement, window }));
    const survivors = windows.get(retirement.to);
    if (survivors !== undefined)
      windows.set(retirement.to, notBefore(survivors, window.from, window.fromRow));
  }
  return findings;
}

function retiredInACircle({ idText }: Evidence, retired: Retired, ids: ReadonlySet<number>): Finding {
  const rows = [...ids].flatMap((id) => retired.get(id)?.row ?? []);
  const text = `${[...ids].map(idText).join(" and ")} were retired in favour of each other`;
  return { name: "SPLIT_ID", text, rows };
}
