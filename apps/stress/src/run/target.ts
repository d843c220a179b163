import type { Workload } from "../history/history-line.ts";
import type { Path, Variant } from "../history/operation.ts";
import type { Route } from "../stores/open-store.ts";
import type { Offer } from "../stores/store.ts";

/** A variant over a path, yet to be opened in the calling processes. */
export interface Way {
  readonly variant: Variant;
  readonly path: Path;
  /** Under which the workers know it. */
  readonly name: string;
  readonly route: Route;
  /** Where its chats are, if that is ours to read; `null` for somebody else's. */
  readonly database: string | null;
}

/** The subject, or the build that it is compared with, and no control. */
export function isBuild(variant: Variant): boolean {
  return variant === "ours" || variant === "base";
}

/** What a load is put on. */
export interface Target extends Way {
  readonly offers: readonly Offer[];
}

/** A workload's turn: its registers are named after it. */
export interface Turn {
  readonly workload: Workload;
  /** Told apart from other turns of the same workload, such as `2` or `db-kill`. */
  readonly tag: string;
}
