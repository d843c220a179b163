import type { MigrationEvent, PhaseName } from "@onechat/chat-domain/migrate";
import { durationText } from "./durations.ts";
import type { ProgressReporter } from "./progress-reporter.ts";

/** Beyond so many, parked chats are only counted: `migrator parked` lists them. */
const mostParkedShown = 20;

export interface DescribeOptions {
  readonly progress: ProgressReporter;
  readonly clock: () => number;
  /** Takes secrets out of what a driver says. */
  readonly mask: (text: string) => string;
}

/** By event, what people read of it; `null` for nothing. */
type Lines = {
  readonly [E in MigrationEvent["event"]]: (event: MigrationEvent & { event: E }) => string | null;
};

/** Turns what happens into what people read on stderr. */
export function describeEvents({ progress, clock, mask }: DescribeOptions): (event: MigrationEvent) => void {
  let parked = 0;
  let phaseBegan = clock();
  let phase: PhaseName | null = null;
  const lines: Lines = {
    "run.start": ({ command, to, run, resumed }) =>
      `${command} to ${to}: run ${run}${resumed ? ", going on where it stopped" : ""}`,
    "run.end": () => null,
    "lock.waiting": ({ holder }) => `waiting for another runner: ${holder}`,
    "lock.acquired": ({ takenOver }) =>
      takenOver ? "taking over from a runner that did not end in order" : null,
    "phase.start": (event) => {
      phaseBegan = clock();
      ({ phase } = event);
      progress.begin(phase === "settle" ? "settle: looking at merged duplicates" : phase);
      return null;
    },
    "phase.end": (event) => {
      progress.end();
      return `${event.phase} done in ${durationText(clock() - phaseBegan)}`;
    },
    progress: (event) => {
      // Settle and purge repeat parts of earlier phases, whose numbers would make no sense among their own.
      if (event.phase === phase) progress.add(event);
      return null;
    },
    "batch.retry": ({ reason }) => `trying again: ${reason}`,
    "batch.bisect": ({ size, reason }) => `halving a batch of ${size}: ${reason}`,
    "throttle.on": ({ reason }) => `pausing: ${reason}`,
    "throttle.off": ({ reason }) => {
      progress.skip();
      return `going on: ${reason}`;
    },
    "chat.parked": ({ chat, reason }) => {
      progress.parked();
      parked += 1;
      return parked > mostParkedShown ? null : `parked ${String(chat)}: ${reason}`;
    },
    note: ({ message }) => message,
  };
  return (event) => {
    const line = (lines[event.event] as (event: MigrationEvent) => string | null)(event);
    if (line !== null) progress.say(mask(line));
    if (event.event === "chat.parked" && parked === mostParkedShown + 1)
      progress.say("further parked chats are not shown: migrator parked lists them");
  };
}
