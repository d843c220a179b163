import { ChatError } from "@onechat/chat-domain";

/** Entries in a list of participants; a chat has at most a hundred, but they may be repeated. */
export const maxListedParticipants = 1_000;

/** @throws ChatError `INVALID_PARTICIPANTS` when more participants are listed, repeated ones included, than may be */
export function refuseLongList(input: unknown): void {
  if (typeof input !== "object" || input === null || !("participants" in input)) return;
  const { participants } = input;
  if (!Array.isArray(participants) || participants.length <= maxListedParticipants) return;
  throw new ChatError("INVALID_PARTICIPANTS", `participants has more than ${maxListedParticipants} entries`);
}
