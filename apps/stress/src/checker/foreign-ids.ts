import type { Register } from "../history/history-line.ts";
import type { Operation } from "../history/operation.ts";
import { type Evidence, type Finding, finding, isAnswer, type KeyEvidence } from "./evidence.ts";

/** An id that a register was given and that belongs to another. */
interface ForeignId {
  readonly owner: string;
  /** A call that named it; `null` where only the database did. */
  readonly operation: Operation | null;
  /** A call of the owner's that named it. */
  readonly owners: Operation | null;
}

export type ForeignIds = ReadonlyMap<string, ForeignId>;

/**
 * By key, what was given out of others. Every id belongs to one register of a variant. To which one, is said best by
 * what was there before the run, then by the database at the end, then by whoever created, and last by whoever was
 * answered first.
 */
export function foreignIds(evidence: Evidence): ReadonlyMap<string, ForeignIds> {
  const claims = new Claims();
  for (const { register } of evidence.keys) for (const id of register.initial) claims.add(id, register, null);
  for (const key of evidence.keys) for (const id of storedIds(key)) claims.add(id, key.register, null);
  claimByCalls(evidence, claims, true);
  claimByCalls(evidence, claims, false);
  return claims.foreign;
}

/** Of what the database holds for a register, what is really these people's. */
function storedIds({ register, audit }: KeyEvidence): readonly string[] {
  return (audit?.live ?? [])
    .filter((chat) => holds(chat, register) && !isRemoved(register, chat.id))
    .map(({ id }) => id);
}

/** A merge names ids to ask for something, and proves nothing about whose they are. */
function claimByCalls({ history, keyNamed }: Evidence, claims: Claims, creators: boolean): void {
  for (const operation of history.operations) {
    const { id, kind, created, key } = operation;
    if (id === null || kind === "merge" || (created === true) !== creators || !isAnswer(operation)) continue;
    const known = keyNamed(key);
    if (known !== undefined) claims.add(id, known.register, operation);
  }
}

interface Owner {
  readonly key: string;
  operation: Operation | null;
}

class Claims {
  readonly foreign = new Map<string, Map<string, ForeignId>>();
  readonly #owners = new Map<Register["variant"], Map<string, Owner>>();

  add(id: string, { key, variant }: Register, operation: Operation | null): void {
    const owners = this.#owners.get(variant) ?? new Map<string, Owner>();
    this.#owners.set(variant, owners);
    const owner = owners.get(id);
    if (owner === undefined) owners.set(id, { key, operation });
    else if (owner.key === key) owner.operation ??= operation;
    else {
      const known = this.foreign.get(key) ?? new Map<string, ForeignId>();
      if (!known.has(id)) known.set(id, { owner: owner.key, operation, owners: owner.operation });
      this.foreign.set(key, known);
    }
  }
}

/** Somebody was given the chat of others, or holds one with others in it. */
export function crossKey({ register, audit }: KeyEvidence, foreign: ForeignIds): readonly Finding[] {
  const given = [...foreign].filter(([id]) => !isRemoved(register, id));
  const strange = (audit?.live ?? []).filter(
    (chat) => !isRemoved(register, chat.id) && !holds(chat, register),
  );
  return [
    ...given.map(([id, { owner, operation, owners }]): Finding => {
      const text = `${id} is the chat of others: it belongs to ${owner}`;
      return finding("CROSS_KEY", text, [operation, owners]);
    }),
    ...strange.map(({ id }): Finding => {
      const text = `${id} holds other people or another scope than those it was given out for`;
      return finding("CROSS_KEY", text, []);
    }),
  ];
}

/** Chats of these people that were removed, and are there again. */
export function resurrected({
  register: { removed = [] },
  operations,
  audit,
}: KeyEvidence): readonly Finding[] {
  return removed.flatMap((id) => {
    const answer = operations.find((operation) => operation.id === id && isAnswer(operation)) ?? null;
    const isLive = audit?.live.some((chat) => chat.id === id) === true;
    if (answer === null && !isLive) return [];
    const text = `${id} ${answer === null ? "is live" : "was answered"} after it had been removed`;
    return [finding("RESURRECTED", text, [answer])];
  });
}

export function isRemoved({ removed }: Register, id: string): boolean {
  return removed?.includes(id) === true;
}

type Identity = Pick<Register, "participants" | "scope">;

function holds(stored: Identity, { participants, scope }: Identity): boolean {
  return stored.scope === scope && sorted(stored.participants) === sorted(participants);
}

function sorted(participants: readonly string[]): string {
  return JSON.stringify(participants.toSorted());
}
