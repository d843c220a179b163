import type { Case } from "./case.ts";
import { type Finding, finding } from "./evidence.ts";
import { type Retired, type RetiredIds, type Retirement, wayFrom } from "./retirements.ts";
import type { Answered } from "./sightings.ts";
import { isOpen, notAfter, notBefore, type Window } from "./window.ts";

export interface RetirementOrder extends Pick<RetiredIds, "happened"> {
  readonly findings: readonly Finding[];
}

/**
 * Whether there are instants for all retirements that the answers allow, if `chat` was the chat of these people at the
 * beginning. Survivors live longer than what was retired in their favour, so one sweep that gives every retirement its
 * earliest instant finds out.
 */
export function retirementOrder(
  { complete }: Case,
  retired: Retired,
  sightings: readonly Answered[],
  chat: string | null,
): RetirementOrder {
  const windows = new Map([...retired].map(([id, { window }]) => [id, window]));
  const happened = new Set([...retired].filter(([, { certain }]) => certain).map(([id]) => id));
  const findings: Finding[] = [];
  for (const sighting of sightings) {
    const from = sighting.asked ?? chat;
    const way = from === null ? [] : wayFrom(retired, from, sighting.id);
    if (way === null) {
      if (complete) findings.push(unexplained(sightings, sighting, from));
      continue;
    }
    for (const id of way) happened.add(id);
    narrow(windows, sighting, way.at(-1));
  }
  return { happened, findings: [...findings, ...sweep({ known: retired, happened }, windows, sightings)] };
}

function unexplained(
  sightings: readonly Answered[],
  { asked, id, first }: Answered,
  from: string | null,
): Finding {
  const other = sightings.find((each) => each.asked === asked && each.id !== id);
  return finding("SPLIT_ID", `${from ?? id} led to ${id}, and no merge explains it`, [
    first,
    other?.first ?? null,
  ]);
}

/** Whatever led to an id is retired by then, and the id itself is not. */
function narrow(
  windows: Map<string, Window>,
  { id, lastStarted, firstEnded }: Answered,
  last: string | undefined,
): void {
  const before = windows.get(last ?? "");
  if (last !== undefined && before !== undefined) windows.set(last, notAfter(before, firstEnded));
  const own = windows.get(id);
  if (own !== undefined) windows.set(id, notBefore(own, lastStarted));
}

function sweep(
  { known, happened }: RetiredIds,
  windows: Map<string, Window>,
  sightings: readonly Answered[],
): readonly Finding[] {
  const findings: Finding[] = [];
  const waiting = new Set(happened);
  while (waiting.size > 0) {
    const id = [...waiting].find((each) => ![...waiting].some((other) => known.get(other)?.to === each));
    const retirement = known.get(id ?? "");
    const window = windows.get(id ?? "");
    if (id === undefined || retirement === undefined || window === undefined)
      return [...findings, retiredInACircle(known, waiting)];
    waiting.delete(id);
    if (!isOpen(window)) findings.push(outOfOrder(sightings, { id, retirement, window }));
    const survivors = windows.get(retirement.to);
    if (survivors !== undefined) windows.set(retirement.to, notBefore(survivors, window.opened, window.from));
  }
  return findings;
}

function retiredInACircle(known: Retired, ids: ReadonlySet<string>): Finding {
  const operations = [...ids].map((id) => known.get(id)?.merge ?? null);
  const text = `${[...ids].join(" and ")} were retired in favour of each other`;
  return finding("SPLIT_ID", text, operations);
}

interface Contradiction {
  readonly id: string;
  readonly retirement: Retirement;
  readonly window: Window;
}

/** A retirement for which there is no instant. Its name says which rule was broken; that depends on who contradicts whom. */
function outOfOrder(sightings: readonly Answered[], contradiction: Contradiction): Finding {
  const { id, retirement, window } = contradiction;
  const { opened, closed } = window;
  if (opened?.kind === "merge" && opened.asked === id) return lateMerge(sightings, contradiction);
  const { to, acknowledged, merge } = retirement;
  const isProven = acknowledged && opened !== null && opened.start > merge.end;
  const askedByPeople = closed !== null && ["ensure", "find"].includes(closed.kind);
  if (!isProven && askedByPeople) {
    const text = `both ${id} and ${to} were answered, and ${id} was live even after that`;
    return finding("SPLIT_ID", text, [...firstAnswer(sightings, id), closed, opened]);
  }
  return finding(
    "STALE_AFTER_MERGE",
    `${id} was used by a call that began after it had been retired in favour of ${to}`,
    [opened, isProven ? merge : closed],
  );
}

/** The survivor was answered before any merge began that could have made it one. */
function lateMerge(
  sightings: readonly Answered[],
  { id, retirement: { to }, window: { opened, closed } }: Contradiction,
): Finding {
  if (closed?.kind === "resolve") {
    const text = `${id} led to ${to} before any merge of it began`;
    return finding("TIME_TRAVEL", text, [opened, closed]);
  }
  const text = `both ${id} and ${to} were answered before any merge of ${id} began`;
  return finding("SPLIT_ID", text, [...firstAnswer(sightings, id), closed, opened]);
}

function firstAnswer(sightings: readonly Answered[], id: string): Finding["operations"] {
  return sightings
    .filter((sighting) => sighting.asked === null && sighting.id === id)
    .map(({ firstEnded }) => firstEnded);
}
