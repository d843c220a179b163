import { type Chat, ChatError } from "@onechat/chat-domain";
import type { ChatCaller as Caller } from "./chat-call.ts";

/** The people of a chat that this caller asks for: themselves always among them, unless they act for others. */
export function participantsFor(caller: Caller, participants: readonly string[]): readonly string[] {
  // At the end, so that positions in errors are those of the caller's list (one past it where the caller is the one
  // too many). An empty list stays empty, and is refused.
  return caller.actsForOthers || participants.length === 0 ? participants : [...participants, caller.id];
}

/** @throws ChatError `CHAT_NOT_FOUND`: that somebody else's chat exists is none of the caller's business */
export function visibleTo(caller: Caller, chat: Chat): Chat {
  if (caller.actsForOthers || chat.participants.includes(caller.id)) return chat;
  throw new ChatError("CHAT_NOT_FOUND", "there is no chat with this id");
}

/** @throws ChatError `FORBIDDEN` when an ordinary caller asks for somebody else's chats */
export function listedParticipant(caller: Caller, asked: string | undefined): string {
  if (asked === undefined || asked === caller.id || caller.actsForOthers) return asked ?? caller.id;
  throw new ChatError("FORBIDDEN", "only a token with scope chat:any may list the chats of others");
}
