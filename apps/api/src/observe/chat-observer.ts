import type { ChatCounter, ChatObserver } from "@onechat/chat-domain";
import type { Logger } from "pino";

export type ChatCounts = Readonly<Record<ChatCounter, number>>;

/** What became of this process's create-or-get calls since it started. */
export interface ChatTally {
  readonly count: (counter: ChatCounter) => void;
  readonly counts: () => ChatCounts;
}

/** All that is counted; a counter of the domain that is missing here does not compile. */
const zero = {
  created: 0,
  existing: 0,
  claimed: 0,
  raced: 0,
  retried: 0,
  released: 0,
  integrity: 0,
} satisfies ChatCounts;

export const chatCounters = Object.keys(zero) as readonly ChatCounter[];

export function chatTally(): ChatTally {
  const counts = { ...zero };
  return { count: (counter) => void (counts[counter] += 1), counts: () => ({ ...counts }) };
}

/** The domain's events as log lines, and its counts. */
export function logObserver(log: Logger, count: (counter: ChatCounter) => void): ChatObserver {
  return { log: (level, message, fields) => log[level](fields, message), count };
}
