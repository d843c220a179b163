import type { StopSignal } from "./exit-codes.ts";

/** The process, as far as the program may see it. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** stdout: the result. */
  readonly out: (text: string) => void;
  /** stderr: for people. */
  readonly err: (text: string) => void;
  readonly stderrIsTerminal: boolean;
  /** How wide the terminal is now. */
  readonly columns: () => number;
  /** @throws Error when there is no such file */
  readonly readFile: (path: string) => string;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly stoppedBy: () => StopSignal | null;
  /** Who is at work, for the records: user and machine. */
  readonly operator: string;
  readonly version: string;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}
