import type { Register } from "../history/history-line.ts";

type Identity = Pick<Register, "participants" | "scope">;

/** Whether a stored chat has exactly these people, in this scope. */
export function holds(chat: Identity, { participants, scope }: Identity): boolean {
  const stored = chat.participants.toSorted();
  return (
    chat.scope === scope &&
    stored.length === participants.length &&
    participants.toSorted().every((id, index) => id === stored[index])
  );
}
