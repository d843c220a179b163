export type ChatLogLevel = "debug" | "info" | "warn" | "error";

/**
 * What happened to a create-or-get call; `integrity` counts chats that were refused because they do not match their key
 * any more, `released` those that lost it for that.
 */
export type ChatCounter = "created" | "existing" | "claimed" | "raced" | "retried" | "released" | "integrity";

/** Values of a log event: short, flat, and never an id of a person. */
export type ChatLogFields = Readonly<Record<string, string | number | boolean>>;

/** Where events and counts go. Two methods, so that any logger and any metrics library can stand behind it. */
export interface ChatObserver {
  log(level: ChatLogLevel, message: string, fields: ChatLogFields): void;
  count(counter: ChatCounter): void;
}

/** The observer of a context that was given none. */
export const silentObserver: ChatObserver = { log: () => undefined, count: () => undefined };

/** An observer that fails must not decide what a caller gets: by then the chat may have been created. */
export function safeObserver(observer: ChatObserver): ChatObserver {
  return {
    log: (level, message, fields) => ignoringErrors(() => observer.log(level, message, fields)),
    count: (counter) => ignoringErrors(() => observer.count(counter)),
  };
}

function ignoringErrors(tell: () => void): void {
  try {
    tell();
  } catch {
    // There is nobody left to tell.
  }
}
