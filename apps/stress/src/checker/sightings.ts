import { greatest, group, least } from "d3-array";
import type { Operation } from "../history/operation.ts";
import { isAnswer } from "./evidence.ts";

/** All answers that say the same: asked for this, they named that. */
export interface Sighting {
  /** The id that was asked for; `null` where people were. */
  readonly asked: string | null;
  /** The id that was answered; `null`: there is none. */
  readonly id: string | null;
  readonly count: number;
  readonly first: Operation;
  /** Of these answers, the one that began last: it was still so then or later. */
  readonly lastStarted: Operation;
  /** The one that ended first: it was so by then. */
  readonly firstEnded: Operation;
}

/** Sightings of a chat, and not of there being none. */
export type Answered = Sighting & { readonly id: string };

export interface SeenMerge {
  readonly asked: string;
  /** `null` where its survivor is unknown. */
  readonly to: string | null;
  readonly firstStarted: Operation;
  /** `null` where all of them have unknown outcomes. */
  readonly firstEnded: Operation | null;
}

/** What the operations of a register say, with nothing left of them but what can matter. */
export interface Sightings {
  readonly list: readonly Sighting[];
  readonly answered: readonly Answered[];
  readonly merges: readonly SeenMerge[];
  readonly creators: readonly Operation[];
  /** Of the calls that may have created without saying so, the one that began first. */
  readonly candidate: Operation | null;
}

/** Leaves out what says an id of somebody else's: that is an anomaly of its own. */
export function sightingsOf(operations: readonly Operation[], isOwn: (id: string) => boolean): Sightings {
  const answers = operations.filter(
    (operation) =>
      operation.kind !== "merge" &&
      operation.kind !== "remove" &&
      isAnswer(operation) &&
      (operation.id === null || isOwn(operation.id)),
  );
  const attempts = operations.filter(({ kind, outcome }) => kind === "merge" && outcome !== "fail");
  const list = [...alike(answers)].flatMap(sightingOf);
  return {
    list,
    answered: list.filter((sighting): sighting is Answered => sighting.id !== null),
    merges: [...alike(attempts)].flatMap(mergeOf),
    creators: answers.filter(({ created }) => created === true),
    candidate: least(operations.filter(mayHaveCreated), startOf) ?? null,
  };
}

/** Those that ask for the same and name the same. Ids hold no line feed. */
function alike(operations: readonly Operation[]): Iterable<readonly Operation[]> {
  return group(operations, ({ asked, id }) => `${asked ?? ""}\n${id ?? ""}`).values();
}

function sightingOf(some: readonly Operation[]): readonly Sighting[] {
  const [first] = some;
  const lastStarted = greatest(some, startOf);
  const firstEnded = least(some, endOf);
  if (first === undefined || lastStarted === undefined || firstEnded === undefined) return [];
  return [{ asked: first.asked, id: first.id, count: some.length, first, lastStarted, firstEnded }];
}

function mergeOf(some: readonly Operation[]): readonly SeenMerge[] {
  const firstStarted = least(some, startOf);
  if (firstStarted === undefined) return [];
  const { asked, id: to } = firstStarted;
  const acknowledged = some.filter(({ outcome }) => outcome === "ok");
  return asked === null ? [] : [{ asked, to, firstStarted, firstEnded: least(acknowledged, endOf) ?? null }];
}

function startOf({ start }: Operation): number {
  return start;
}

function endOf({ end }: Operation): number {
  return end;
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
