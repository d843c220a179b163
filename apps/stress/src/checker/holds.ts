import type { Register } from "../history/history-line.ts";

type Identity = Pick<Register, "participants" | "scope">;

/** Whether a stored chat has exactly these people, in this scope. */
export function holds(stored: Identity, { participants, scope }: Identity): boolean {
  return (
    stored.scope === scope &&
    (equal(stored.participants, participants) ||
      equal(stored.participants.toSorted(), participants.toSorted()))
  );
}

function equal(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((each, index) => each === others[index]);
}
