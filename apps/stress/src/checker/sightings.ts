import type { Operation } from "../history/operation.ts";
import { isAnswer } from "./evidence.ts";

/** All answers that say the same: asked for this, they named that. */
export interface Sighting {
  /** The id that was asked for; `null` where people were. */
  readonly asked: string | null;
  /** The id that was answered; `null`: there is none. */
  readonly id: string | null;
  count: number;
  readonly first: Operation;
  /** Of these answers, the one that began last: it was still so then or later. */
  lastStarted: Operation;
  /** The one that ended first: it was so by then. */
  firstEnded: Operation;
}

/** Sightings of a chat, and not of there being none. */
export type Answered = Sighting & { readonly id: string };

/** All merges that retire one id in favour of one other. */
export interface SeenMerge {
  readonly asked: string;
  /** `null` while its survivor is unknown. */
  readonly to: string | null;
  firstStarted: Operation;
  /** `null` while all of them have unknown outcomes. */
  firstEnded: Operation | null;
}

/** What the operations of a register say, with nothing left of them but what can matter. */
export interface Sightings {
  readonly list: readonly Sighting[];
  readonly answered: readonly Answered[];
  readonly merges: readonly SeenMerge[];
  /** Those that say "I created it". */
  readonly creators: readonly Operation[];
  /** Of the calls that may have created without saying so, the one that began first. */
  readonly candidate: Operation | null;
}

/** Leaves out what says an id of somebody else's: that is an anomaly of its own. */
export function sightingsOf(
  operations: readonly Operation[],
  foreign: ReadonlyMap<string, unknown>,
): Sightings {
  const sightings = new Map<string, Sighting>();
  const merges = new Map<string, SeenMerge>();
  const creators: Operation[] = [];
  let candidate: Operation | null = null;
  for (const operation of operations) {
    if (operation.kind === "remove") continue;
    if (operation.kind === "merge") gatherMerge(merges, operation);
    else if (isAnswer(operation) && !(operation.id !== null && foreign.has(operation.id))) {
      gatherAnswer(sightings, operation);
      if (operation.created === true) creators.push(operation);
    }
    if (mayHaveCreated(operation)) candidate = firstStarted(candidate, operation);
  }
  const list = [...sightings.values()];
  const answered = list.filter((sighting): sighting is Answered => sighting.id !== null);
  return { list, answered, merges: [...merges.values()], creators, candidate };
}

function gatherAnswer(sightings: Map<string, Sighting>, operation: Operation): void {
  const asked = operation.kind === "resolve" ? operation.asked : null;
  const place = pairOf(asked, operation.id);
  const known = sightings.get(place);
  if (known === undefined) {
    const all = { first: operation, lastStarted: operation, firstEnded: operation };
    sightings.set(place, { asked, id: operation.id, count: 1, ...all });
    return;
  }
  known.count += 1;
  if (operation.start > known.lastStarted.start) known.lastStarted = operation;
  if (operation.end < known.firstEnded.end) known.firstEnded = operation;
}

function gatherMerge(merges: Map<string, SeenMerge>, merge: Operation): void {
  const { outcome, asked, id: to } = merge;
  if (outcome === "fail" || asked === null) return;
  const place = pairOf(asked, to);
  const known = merges.get(place) ?? { asked, to, firstStarted: merge, firstEnded: null };
  known.firstStarted = firstStarted(known.firstStarted, merge);
  if (outcome === "ok" && !(known.firstEnded !== null && known.firstEnded.end <= merge.end))
    known.firstEnded = merge;
  merges.set(place, known);
}

/**
 * An unknown outcome, the last answer to a question of which an earlier answer may have been lost, or an answer that
 * does not tell.
 */
function mayHaveCreated({ kind, outcome, retried, created }: Operation): boolean {
  if (kind !== "ensure") return false;
  if (outcome === "unknown") return true;
  return outcome === "ok" && (created === null || (retried === true && !created));
}

function firstStarted(known: Operation | null, operation: Operation): Operation {
  return known !== null && known.start <= operation.start ? known : operation;
}

/** Ids hold no line feed. */
function pairOf(asked: string | null, id: string | null): string {
  return `${asked ?? ""}\n${id ?? ""}`;
}
