import type { ChatObserver } from "@onechat/chat-domain";
import type { Logger } from "pino";

/** The domain's events as log lines. */
export function logObserver(log: Logger): ChatObserver {
  return {
    log: (level, message, fields) => log[level](fields, message),
    count: () => undefined,
  };
}
