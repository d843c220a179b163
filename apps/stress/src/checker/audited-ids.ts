import type { KeyEvidence } from "./evidence.ts";

/** What the database held for a register at the end. */
export interface AuditedIds {
  readonly live: ReadonlySet<string>;
  /** Retired id to the live one that it leads to, if it leads to any. */
  readonly redirects: ReadonlyMap<string, string | null>;
}

/** `null` where it was not read. Chats of others are left out: that is an anomaly of its own. */
export function auditedIds(
  { audit, register: { removed = [] } }: KeyEvidence,
  foreign: ReadonlyMap<string, unknown>,
): AuditedIds | null {
  if (audit === null) return null;
  const own = audit.live.filter(({ id }) => !foreign.has(id) && !removed.includes(id));
  return {
    live: new Set(own.map(({ id }) => id)),
    redirects: new Map(audit.redirects.map(({ id, to }) => [id, to])),
  };
}
