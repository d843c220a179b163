import type { MigrationEvent } from "@onechat/chat-domain/migrate";
import { jsonLine } from "./plain-json.ts";

/** The version of the lines' format. */
export const formatVersion = 1;

/** A line of JSON per event, for programs that follow a run. */
export interface JsonLines {
  event(event: MigrationEvent): void;
  /** The last line, whatever has happened. */
  end(summary: Readonly<Record<string, unknown>>): void;
}

export interface JsonLinesOptions {
  readonly out: (text: string) => void;
  readonly now: () => Date;
  /** Takes secrets out of what a driver says. */
  readonly mask: (text: string) => string;
}

export function jsonLines({ out, now, mask }: JsonLinesOptions): JsonLines {
  let run: string | null = null;
  const line = (fields: Readonly<Record<string, unknown>>): void => {
    out(jsonLine({ v: formatVersion, ts: now(), run, ...fields }));
  };
  return {
    event(event) {
      // The end is told once more than by the domain: with the exit code, and also when a run never began.
      if (event.event === "run.end") return;
      if (event.event === "run.start") run = event.run;
      line({ ...event, ...("reason" in event ? { reason: mask(event.reason) } : {}) });
    },
    end: (summary) => line({ event: "run.end", ...summary }),
  };
}
