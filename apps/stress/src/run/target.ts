import type { Workload } from "../history/history-line.ts";
import type { Path, Variant } from "../history/operation.ts";
import type { Offer } from "../stores/store.ts";

/** What a load is put on: a variant over a path. */
export interface Target {
  readonly variant: Variant;
  readonly path: Path;
  /** The name under which the workers know the way there. */
  readonly route: string;
  /** Where its chats are, if that is ours to read; `null` for somebody else's. */
  readonly database: string | null;
  readonly offers: readonly Offer[];
}

/** A workload's turn: its registers are named after it. */
export interface Turn {
  readonly workload: Workload;
  /** Told apart from other turns of the same workload, such as `2` or `db-kill`. */
  readonly tag: string;
}
