import type { ChatCounter, ChatObserver } from "@onechat/chat-domain";
import type { Logger } from "pino";

/** The domain's events as log lines, and its counts. */
export function logObserver(log: Logger, count: (counter: ChatCounter) => void): ChatObserver {
  return { log: (level, message, fields) => log[level](fields, message), count };
}
