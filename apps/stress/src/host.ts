import type { MeasureMachine } from "./faults/measure-machine.ts";

/** The process, as far as the program may see it. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** stdout: the result. */
  readonly out: (text: string) => void;
  /** stderr: for people. */
  readonly err: (text: string) => void;
  readonly stderrIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  /** How wide the terminal is now. */
  readonly columns: () => number;
  /** @throws Error when there is no such file */
  readonly readFile: (path: string) => string;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly version: string;
  /** As it was typed, such as `onechat-stress`; what is told to be typed next begins with it. */
  readonly command: string;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly now: () => Date;
  readonly measureMachine: MeasureMachine;
  readonly newSeed: () => number;
}
