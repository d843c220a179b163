import type { ExitName } from "./exit-codes.ts";

/** What a command has to say at its end: to a person and to a program. */
export interface Answer {
  readonly exit: ExitName;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}
