import type { AuditedKey } from "../../src/history/history-line.ts";
import type { Operation } from "../../src/history/operation.ts";

/** What one caller after the other would find: the specification, said as a machine that only does one thing at a time. */
export interface Chats {
  /** The chat of these people, once it is settled which one that is. */
  readonly chat: string | null;
  readonly live: readonly string[];
  /** Retired ids, each with the id that took its place. */
  readonly retired: readonly (readonly [string, string])[];
}

/**
 * All that may be the case after an operation, if its answer is right here and now; nothing, if it is not. A call
 * whose outcome is unknown may have named any of `names`.
 */
export function step(chats: Chats, operation: Operation, names: readonly string[]): readonly Chats[] {
  switch (operation.kind) {
    case "ensure":
      return ensure(chats, operation, names);
    case "find":
      return operation.id === null ? onlyIf(nobodyHasOne(chats), chats) : settle(chats, operation.id);
    case "resolve":
      return onlyIf(leadsTo(chats, operation.asked) === operation.id, chats);
    case "merge":
      return merge(chats, operation);
    case "remove":
      // A removal ends its register; what comes after is another one's.
      return [chats];
    default:
      return operation.kind satisfies never;
  }
}

/** Whether the database at the end says what is the case. */
export function agrees(chats: Chats, { live, redirects }: AuditedKey): boolean {
  const storedLive = live.map(({ id }) => id);
  return (
    sameMembers(storedLive, chats.live) &&
    redirects.length === chats.retired.length &&
    redirects.every(({ id, to }) => isRetired(chats, id) && leadsTo(chats, id) === to)
  );
}

function ensure(chats: Chats, operation: Operation, names: readonly string[]): readonly Chats[] {
  const { outcome, id, created, retried } = operation;
  if (outcome === "unknown")
    return nobodyHasOne(chats)
      ? names.map(founded)
      : chats.chat === null
        ? chats.live.map((chat) => ({ ...chats, chat }))
        : [chats];
  if (id === null) return [];
  if (created === true) return onlyIf(nobodyHasOne(chats), founded(id));
  // The lost answer to an earlier attempt of the same call may have been "created".
  if (retried === true && nobodyHasOne(chats)) return [founded(id)];
  return settle(chats, id);
}

/** A merge that was not answered may not even say into which chat it would have gone. */
function merge(chats: Chats, { asked, id }: Operation): readonly Chats[] {
  if (asked === null) return [];
  return id === null
    ? chats.live.flatMap((survivor) => mergeInto(chats, asked, survivor))
    : mergeInto(chats, asked, id);
}

function mergeInto(chats: Chats, asked: string, survivor: string): readonly Chats[] {
  if (asked === survivor) return [];
  if (chats.retired.some(([from, to]) => from === asked && to === survivor)) return [chats];
  if (!chats.live.includes(asked) || !chats.live.includes(survivor)) return [];
  const live = chats.live.filter((each) => each !== asked);
  return [{ ...chats, live, retired: [...chats.retired, [asked, survivor]] }];
}

/** Somebody is answered with this id: from then on it is settled whose chat is whose. */
function settle(chats: Chats, id: string): readonly Chats[] {
  if (chats.chat !== null) return onlyIf(leadsTo(chats, chats.chat) === id, chats);
  return onlyIf(chats.live.includes(id), { ...chats, chat: id });
}

function founded(id: string): Chats {
  return { chat: id, live: [id], retired: [] };
}

function nobodyHasOne({ live }: Chats): boolean {
  return live.length === 0;
}

function isRetired({ retired }: Chats, id: string): boolean {
  return retired.some(([from]) => from === id);
}

/** The live chat that an id of any age leads to. */
export function leadsTo(chats: Chats, id: string | null): string | null {
  if (id === null || chats.live.includes(id)) return id;
  const next = chats.retired.find(([from]) => from === id);
  return next === undefined ? null : leadsTo(chats, next[1]);
}

function onlyIf(condition: boolean, chats: Chats): readonly Chats[] {
  return condition ? [chats] : [];
}

function sameMembers(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((each) => others.includes(each));
}
