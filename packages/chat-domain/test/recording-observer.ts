import type { ChatCounter, ChatLogFields, ChatObserver } from "../src/index.ts";

interface LoggedEvent {
  readonly level: string;
  readonly message: string;
  readonly fields: ChatLogFields;
}

/** An observer that remembers, so that a test can ask what happened. */
export interface RecordingObserver extends ChatObserver {
  readonly events: readonly LoggedEvent[];
  counted(counter: ChatCounter): number;
}

export function recordingObserver(): RecordingObserver {
  const events: LoggedEvent[] = [];
  const counts = new Map<ChatCounter, number>();
  return {
    events,
    log: (level, message, fields) => void events.push({ level, message, fields }),
    count: (counter) => void counts.set(counter, (counts.get(counter) ?? 0) + 1),
    counted: (counter) => counts.get(counter) ?? 0,
  };
}
