import { nothing } from "../history/operation-table.ts";
import type { Evidence } from "./evidence.ts";

/** What the database held for a register at the end, with ids as numbers. */
export interface AuditedIds {
  readonly live: ReadonlySet<number>;
  /** Retired id to the live one that it leads to, or `nothing`. */
  readonly redirects: ReadonlyMap<number, number>;
}

const noRedirects: ReadonlyMap<number, number> = new Map();

/** `null` where it was not read. Chats of others are left out: that is an anomaly of its own. */
export function auditedIds(
  { auditOf, idNumber }: Evidence,
  register: number,
  foreign: ReadonlyMap<number, unknown>,
): AuditedIds | null {
  const audited = auditOf(register);
  if (audited === null) return null;
  const { live, redirects } = audited;
  return {
    live: new Set(live.map(({ id }) => idNumber(id)).filter((id) => !foreign.has(id))),
    redirects:
      redirects.length === 0
        ? noRedirects
        : new Map(redirects.map(({ id, to }) => [idNumber(id), to === null ? nothing : idNumber(to)])),
  };
}
