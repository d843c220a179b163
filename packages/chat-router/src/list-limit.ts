/** How often a list of participants may be as long as a chat may have people: they may be repeated. */
const repetitions = 10;

/** Entries in a list of participants, where chats have so many people at most. */
export function maxListed({ maxParticipants }: { readonly maxParticipants: number }): number {
  return repetitions * maxParticipants;
}

/** Whether an input lists more participants, repeated ones included, than `max`; of any other input `false`. */
export function tooManyListed(input: unknown, max: number): boolean {
  if (typeof input !== "object" || input === null || !("participants" in input)) return false;
  const { participants } = input;
  return Array.isArray(participants) && participants.length > max;
}
