import { type Chat, ChatError } from "@onechat/chat-domain";

/** Who is calling, as the host knows it. */
export interface ChatCaller {
  /** A valid participant id: who is asked for, is always in the company of this one. */
  readonly id: string;
  /** A service that creates, reads and lists the chats of others; `false` unless given. */
  readonly actsForOthers?: boolean;
}

/**
 * Asks for a chat of the people that a caller has named: themselves always among them and first, as their order may decide
 * who is in which field, unless they act for others. An empty list stays empty, and is refused. Positions in errors are
 * those of the caller's own list, one past it where the caller is to blame.
 */
export function amongParticipants<T, Answer>(
  caller: ChatCaller,
  participants: readonly string[],
  ask: (participants: readonly string[]) => Promise<T>,
  answer: (found: T) => Answer,
): Promise<Answer> {
  if (caller.actsForOthers === true || participants.length === 0) return ask(participants).then(answer);
  return ask([caller.id, ...participants]).then(answer, (error: unknown) => {
    throw error instanceof ChatError && error.position !== null
      ? inOwnList(error, error.position, participants.length)
      : error;
  });
}

function inOwnList({ code, message, cause }: ChatError, asked: number, length: number): ChatError {
  const position = asked === 0 ? length : asked - 1;
  const text = message.replace(`participants[${asked}]`, `participants[${position}]`);
  return new ChatError(code, text, { position, cause });
}

/** @throws ChatError `CHAT_NOT_FOUND`: that somebody else's chat exists is none of the caller's business */
export function visibleTo(caller: ChatCaller, chat: Chat): Chat {
  if (caller.actsForOthers === true || chat.participants.includes(caller.id)) return chat;
  throw new ChatError("CHAT_NOT_FOUND", "there is no chat with this id");
}

/** @throws ChatError `FORBIDDEN` when an ordinary caller asks for somebody else's chats */
export function listedParticipant(caller: ChatCaller, asked: string | undefined): string {
  if (asked === undefined || asked === caller.id || caller.actsForOthers === true) return asked ?? caller.id;
  throw new ChatError("FORBIDDEN", "only a caller that acts for others may list their chats");
}
