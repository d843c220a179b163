import type { Bar } from "./bars.ts";

/** What keys, buttons and pointers can ask for. */
export interface TimelineCommands {
  readonly bars: readonly Bar[];
  readonly selected: () => Bar | null;
  readonly select: (bar: Bar | undefined) => void;
  readonly whole: () => void;
  readonly focus: () => void;
  /** Around an instant, or around what is looked at. */
  readonly zoom: (factor: number, around: number | null) => void;
  /** By a share of what is shown. */
  readonly move: (share: number) => void;
}
