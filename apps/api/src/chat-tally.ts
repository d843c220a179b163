import type { ChatCounter } from "@onechat/chat-domain";

export type ChatCounts = Readonly<Record<ChatCounter, number>>;

/** What became of this process's create-or-get calls since it started. */
export interface ChatTally {
  readonly count: (counter: ChatCounter) => void;
  readonly counts: () => ChatCounts;
}

export function chatTally(): ChatTally {
  const counts = {
    created: 0,
    existing: 0,
    claimed: 0,
    raced: 0,
    retried: 0,
    integrity: 0,
  } satisfies ChatCounts;
  return { count: (counter) => void (counts[counter] += 1), counts: () => ({ ...counts }) };
}
