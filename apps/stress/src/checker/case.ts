import type { Evidence, Finding, KeyEvidence } from "./evidence.ts";
import { type ForeignIds, isRemoved } from "./foreign-ids.ts";
import { type Sightings, sightingsOf } from "./sightings.ts";

/** What the database held for a register at the end. */
export interface AuditedIds {
  readonly live: ReadonlySet<string>;
  /** Retired id to the live one that it leads to, if it leads to any. */
  readonly redirects: ReadonlyMap<string, string | null>;
}

/** A register as it is judged: with nothing of others in it, which is an anomaly of its own. */
export interface Case extends Pick<Evidence, "history" | "complete"> {
  readonly key: string;
  /** Ids of the chats that these people had before the run, the oldest first. */
  readonly initial: readonly string[];
  /** The one of them that must become theirs, where that is promised. */
  readonly expected: string | undefined;
  readonly seen: Sightings;
  /** `null` where it was not read. */
  readonly audited: AuditedIds | null;
}

export interface Judgement {
  readonly findings: readonly Finding[];
  /** Why the register could not be judged, or not wholly. */
  readonly problems?: readonly string[];
}

export function caseOf(
  { history, complete }: Evidence,
  { register, operations, audit }: KeyEvidence,
  foreign: ForeignIds,
): Case {
  const { key, initial, expected } = register;
  const isOwn = (id: string): boolean => !foreign.has(id) && !isRemoved(register, id);
  const own = (audit?.live ?? []).filter(({ id }) => isOwn(id));
  return {
    history,
    complete,
    key,
    initial,
    expected,
    seen: sightingsOf(operations, isOwn),
    audited: audit && {
      live: new Set(own.map(({ id }) => id)),
      redirects: new Map(audit.redirects.map(({ id, to }) => [id, to])),
    },
  };
}
