import type { Outcome } from "../history/operation.ts";

export interface Progress extends Disposable {
  begin(step: ProgressStep): void;
  readonly say: (line: string) => void;
  /** Nothing is under way any more. */
  end(): void;
  follow(counts: () => Counts): void;
}

export interface ProgressStep {
  readonly label: string;
  /** Counted from 1. */
  readonly index: number;
  readonly of: number;
}

export type Counts = Readonly<Record<Outcome, number>>;

export interface ProgressSetting {
  /** `tty`: one line that is drawn over; `plain`: a line per step; `json`: the same for programs. */
  readonly mode: "tty" | "plain" | "json";
  readonly write: (text: string) => void;
  readonly columns: () => number;
  readonly clock: () => number;
}

const nothingYet = (): Counts => ({ ok: 0, fail: 0, unknown: 0 });

const erase = "\r\u001B[2K";
const redrawMs = 200;
const plainMs = 10_000;

export function progress({ mode, write, columns, clock }: ProgressSetting): Progress {
  const began = clock();
  let step: ProgressStep | null = null;
  let counts = nothingYet;
  let isDrawn = false;
  const line = ({ label, index, of }: ProgressStep): string => {
    const { ok, fail, unknown } = counts();
    const seconds = ((clock() - began) / 1_000).toFixed(0).padStart(3);
    const failed = fail + unknown === 0 ? "" : `, ${fail} refused, ${unknown} unknown`;
    return `${seconds} s  ${index}/${of}  ${label}  ${ok} answered${failed}`;
  };
  const clear = (): void => {
    if (isDrawn) write(erase);
    isDrawn = false;
  };
  const draw = (): void => {
    if (step === null) return;
    if (mode === "plain") return write(`${line(step)}\n`);
    write(`${erase}${line(step).slice(0, Math.max(columns() - 1, 20))}`);
    isDrawn = true;
  };
  const end = (): void => {
    clear();
    step = null;
  };
  const timer = mode === "json" ? undefined : setInterval(draw, mode === "tty" ? redrawMs : plainMs).unref();
  return {
    begin(next) {
      step = next;
      // The next line of a step that lasts comes so long after this one.
      timer?.refresh();
      if (mode === "json") write(`${JSON.stringify({ event: "step", ...next, ...counts() })}\n`);
      else draw();
    },
    say(text) {
      clear();
      write(mode === "json" ? `${JSON.stringify({ event: "note", text })}\n` : `${text}\n`);
    },
    follow: (next) => void (counts = next),
    end,
    [Symbol.dispose]() {
      clearInterval(timer);
      end();
    },
  };
}
