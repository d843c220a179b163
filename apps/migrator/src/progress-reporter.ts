import { type ProgressMeter, progressMeter, type ProgressPoint } from "./progress-line.ts";

/** `tty`: one line that is drawn over; `plain`: a line every few seconds, for logs. */
export type ProgressMode = "tty" | "plain" | "none";

/** Tells people on stderr how a command is getting on. */
export interface ProgressReporter {
  begin(label: string): void;
  add(point: ProgressPoint): void;
  skip(): void;
  /** A chat was parked: counted in the line. */
  parked(): void;
  /** Ends the present phase; `true` leaves its last line standing. */
  end(): void;
  /** A line of its own, in every mode. */
  say(line: string): void;
}

export interface ReporterOptions {
  readonly mode: ProgressMode;
  readonly err: (text: string) => void;
  readonly columns: () => number;
  readonly clock: () => number;
}

const tty = { everyMs: 100, clear: "\r\u001B[2K" } as const;
const plainEveryMs = 5_000;

/** Beside a bar, the numbers need about so many columns. */
const columnsOfNumbers = 95;
const widestBar = 30;

export function progressReporter({ mode, err, columns, clock }: ReporterOptions): ProgressReporter {
  let meter: ProgressMeter | null = null;
  let parked = 0;
  let drawnAt = clock();
  let isDrawn = false;
  const erase = (): void => {
    if (isDrawn) err(tty.clear);
    isDrawn = false;
  };
  const line = (): string => {
    const free = columns() - columnsOfNumbers;
    const text = meter?.line(parked, mode === "tty" && free >= 5 ? Math.min(free, widestBar) : 0) ?? "";
    return mode === "tty" ? text.slice(0, Math.max(columns() - 1, 20)) : text;
  };
  const show = (): void => {
    if (mode === "none" || meter === null) return;
    const now = clock();
    if (now - drawnAt < (mode === "tty" ? tty.everyMs : plainEveryMs)) return;
    drawnAt = now;
    if (mode === "plain") return err(`${line()}\n`);
    err(`${tty.clear}${line()}`);
    isDrawn = true;
  };
  return {
    begin(label) {
      meter = progressMeter(label, clock);
      if (mode === "plain") drawnAt = clock();
      show();
    },
    add(point) {
      meter?.add(point);
      show();
    },
    skip: () => meter?.skip(),
    parked: () => void (parked += 1),
    end() {
      erase();
      meter = null;
    },
    say(text) {
      erase();
      err(`${text}\n`);
    },
  };
}
