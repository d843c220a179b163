import { ChatError } from "@onechat/chat-domain";
import { maxListedParticipants } from "./request-limits.ts";

/** @throws ChatError `INVALID_PARTICIPANTS` when more participants are listed, repeated ones included, than may be */
export function refuseLongList(input: unknown): void {
  if (typeof input !== "object" || input === null || !("participants" in input)) return;
  const { participants } = input;
  if (!Array.isArray(participants) || participants.length <= maxListedParticipants) return;
  throw new ChatError("INVALID_PARTICIPANTS", `participants has more than ${maxListedParticipants} entries`);
}
