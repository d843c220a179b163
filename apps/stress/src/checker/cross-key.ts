import { nothing } from "../history/operation-table.ts";
import type { Evidence } from "./evidence.ts";
import type { Finding } from "./finding.ts";
import { holds } from "./holds.ts";
import type { ForeignId } from "./ownership.ts";

/** Somebody was given the chat of others. */
export function crossKey(
  evidence: Evidence,
  register: number,
  foreign: ReadonlyMap<number, ForeignId>,
): readonly Finding[] {
  return [
    ...[...foreign.values()].map((each) => given(evidence, each)),
    ...strangersInside(evidence, register),
  ];
}

function given({ registers, idText }: Evidence, { id, owner, row, ownersRow }: ForeignId): Finding {
  return {
    name: "CROSS_KEY",
    text: `${idText(id)} is the chat of others: it belongs to ${registers[owner]?.key ?? "another key"}`,
    rows: [row, ownersRow].filter((each) => each !== nothing),
  };
}

/** A chat that the database gives for these people, with other people or another scope in it. */
function strangersInside({ registers, auditOf }: Evidence, register: number): readonly Finding[] {
  const people = registers[register];
  const live = auditOf(register)?.live ?? [];
  return live
    .filter((chat) => people !== undefined && !holds(chat, people))
    .map(({ id }) => ({
      name: "CROSS_KEY",
      text: `${id} holds other people or another scope than those it was given out for`,
      rows: [],
    }));
}
