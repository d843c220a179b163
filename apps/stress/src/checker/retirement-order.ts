import type { Operation } from "../history/operation.ts";
import type { Evidence, Finding } from "./evidence.ts";
import { type Retired, type Retirement, wayFrom } from "./retirements.ts";
import type { Sighting } from "./sightings.ts";
import { isOpen, notAfter, notBefore, type Window } from "./window.ts";

export interface RetirementOrder {
  /** The ids that must have been retired. */
  readonly happened: ReadonlySet<string>;
  readonly findings: readonly Finding[];
}

/**
 * Whether there are instants for all retirements that the answers allow, if `chat` was the chat of these people at the
 * beginning. Survivors live longer than what was retired in their favour, so one sweep that gives every retirement its
 * earliest instant finds out.
 */
export function retirementOrder(
  { complete }: Evidence,
  retired: Retired,
  sightings: readonly Sighting[],
  chat: string | null,
): RetirementOrder {
  const windows = new Map([...retired].map(([id, { window }]) => [id, window]));
  const happened = new Set([...retired].filter(([, { certain }]) => certain).map(([id]) => id));
  const findings: Finding[] = [];
  for (const sighting of sightings) {
    const from = sighting.asked ?? chat;
    const way = from === null ? [] : wayFrom(retired, from, sighting.seen);
    if (way !== null) narrow({ windows, happened }, sighting, way);
    else if (complete) findings.push(unexplained(sightings, sighting, from));
  }
  return { happened, findings: [...findings, ...sweep(retired, { windows, happened }, sightings)] };
}

function unexplained(
  sightings: readonly Sighting[],
  { asked, seen, first }: Sighting,
  from: string | null,
): Finding {
  const other = sightings.find((each) => each.asked === asked && each.seen !== seen);
  return {
    name: "SPLIT_ID",
    text: `${from ?? seen} led to ${seen}, and no merge explains it`,
    operations: [first, other?.first ?? null],
  };
}

interface Narrowed {
  readonly windows: Map<string, Window>;
  readonly happened: Set<string>;
}

/** Whatever led to an id is retired by then, and the id itself is not. */
function narrow(
  { windows, happened }: Narrowed,
  { seen, lastStarted, firstEnded }: Sighting,
  way: readonly string[],
): void {
  for (const id of way) happened.add(id);
  const last = way.at(-1);
  const before = last === undefined ? undefined : windows.get(last);
  if (last !== undefined && before !== undefined) windows.set(last, notAfter(before, firstEnded));
  const own = seen === null ? undefined : windows.get(seen);
  if (seen !== null && own !== undefined) windows.set(seen, notBefore(own, lastStarted));
}

function sweep(
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
      return [...findings, retiredInACircle(retired, waiting)];
    waiting.delete(id);
    if (!isOpen(window)) findings.push(outOfOrder(sightings, { id, retirement, window }));
    const survivors = windows.get(retirement.to);
    if (survivors !== undefined) windows.set(retirement.to, notBefore(survivors, window.opened, window.from));
  }
  return findings;
}

function retiredInACircle(retired: Retired, ids: ReadonlySet<string>): Finding {
  const operations = [...ids].map((id) => retired.get(id)?.merge ?? null);
  return {
    name: "SPLIT_ID",
    text: `${[...ids].join(" and ")} were retired in favour of each other`,
    operations,
  };
}

interface Contradiction {
  /** The retired id. */
  readonly id: string;
  readonly retirement: Retirement;
  /** Closed before it opened. */
  readonly window: Window;
}

/** A retirement for which there is no instant. Its name says which rule was broken; that depends on who contradicts whom. */
function outOfOrder(sightings: readonly Sighting[], contradiction: Contradiction): Finding {
  const { id, retirement, window } = contradiction;
  const { opened, closed } = window;
  if (opened?.kind === "merge" && opened.asked === id) return lateMerge(sightings, contradiction);
  const { to, acknowledged, merge } = retirement;
  const isProven = acknowledged && opened !== null && opened.start > merge.end;
  if (!isProven && closed !== null && asksByPeople(closed)) {
    const text = `both ${id} and ${to} were answered, and ${id} was live even after that`;
    return { name: "SPLIT_ID", text, operations: [...firstAnswer(sightings, id), closed, opened] };
  }
  return {
    name: "STALE_AFTER_MERGE",
    text: `${id} was used by a call that began after it had been retired in favour of ${to}`,
    operations: [opened, isProven ? merge : closed],
  };
}

function asksByPeople({ kind }: Operation): boolean {
  return kind === "ensure" || kind === "find";
}

/** The survivor was answered before any merge began that could have made it one. */
function lateMerge(
  sightings: readonly Sighting[],
  { id, retirement: { to }, window: { opened, closed } }: Contradiction,
): Finding {
  if (closed?.kind === "resolve") {
    const text = `${id} led to ${to} before any merge of it began`;
    return { name: "TIME_TRAVEL", text, operations: [opened, closed] };
  }
  const text = `both ${id} and ${to} were answered before any merge of ${id} began`;
  return { name: "SPLIT_ID", text, operations: [...firstAnswer(sightings, id), closed, opened] };
}

/** The first call by people that was answered with this id. */
function firstAnswer(sightings: readonly Sighting[], id: string): Finding["operations"] {
  return sightings
    .filter(({ asked, seen }) => asked === null && seen === id)
    .map(({ firstEnded }) => firstEnded);
}
