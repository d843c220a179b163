import { type Chat, ChatError } from "@onechat/chat-domain";

/** Who is calling, as the host knows it. */
export interface ChatCaller {
  /** A valid participant id: who is asked for, is always in the company of this one. */
  readonly id: string;
  /** A service that creates, reads and lists the chats of others; `false` unless given. */
  readonly actsForOthers?: boolean;
}

/** The people of a chat that this caller asks for: themselves always among them, unless they act for others. */
export function participantsFor(caller: ChatCaller, participants: readonly string[]): readonly string[] {
  // At the end, so that positions in errors are those of the caller's list (one past it where the caller is the one
  // too many). An empty list stays empty, and is refused.
  return caller.actsForOthers === true || participants.length === 0
    ? participants
    : [...participants, caller.id];
}

/** @throws ChatError `CHAT_NOT_FOUND`: that somebody else's chat exists is none of the caller's business */
export function visibleTo(caller: ChatCaller, chat: Chat): Chat {
  if (caller.actsForOthers === true || chat.participants.includes(caller.id)) return chat;
  throw new ChatError("CHAT_NOT_FOUND", "there is no chat with this id");
}

/** @throws ChatError `FORBIDDEN` when an ordinary caller asks for somebody else's chats */
export function listedParticipant(caller: ChatCaller, asked: string | undefined): string {
  if (asked === undefined || asked === caller.id || caller.actsForOthers === true) return asked ?? caller.id;
  throw new ChatError("FORBIDDEN", "only a token with scope chat:any may list the chats of others");
}
