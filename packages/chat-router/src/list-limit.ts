/** Entries in a list of participants; a chat has at most a hundred, but they may be repeated. */
export const maxListedParticipants = 1_000;

/** Whether an input lists more participants, repeated ones included, than it may; of any other input `false`. */
export function tooManyListed(input: unknown): boolean {
  if (typeof input !== "object" || input === null || !("participants" in input)) return false;
  const { participants } = input;
  return Array.isArray(participants) && participants.length > maxListedParticipants;
}
