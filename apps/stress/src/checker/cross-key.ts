import type { AuditedKey, Register } from "../history/history-line.ts";
import { nothing } from "../history/operation-table.ts";
import type { Evidence } from "./evidence.ts";
import { holds } from "./holds.ts";
import type { Finding } from "./finding.ts";
import type { ForeignId } from "./ownership.ts";

/** Somebody was given the chat of others. */
export function crossKey({ registers, idText }: Evidence, foreign: readonly ForeignId[]): readonly Finding[] {
  return foreign.map(({ id, owner, row, ownersRow }) => ({
    name: "CROSS_KEY",
    text: `${idText(id)} is the chat of others: it belongs to ${registers[owner]?.key ?? "another key"}`,
    rows: [row, ownersRow].filter((each) => each !== nothing),
  }));
}

/** A chat that the database holds for these people, with other people or another scope in it. */
export function strangersInside({ participants, scope }: Register, audited: AuditedKey): readonly Finding[] {
  return audited.live
    .filter((chat) => !holds(chat, { participants, scope }))
    .map(({ id }) => ({
      name: "CROSS_KEY",
      text: `${id} holds other people or another scope than those it was given out for`,
      rows: [],
    }));
}
