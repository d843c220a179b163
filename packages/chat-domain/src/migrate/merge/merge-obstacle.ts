import type { Merge } from "./merge.ts";

/** Why one loser cannot be merged; it is set aside and the others go on. */
export class MergeObstacle extends Error {
  override readonly name = "MergeObstacle";
  /** `null` when it is not the fault of a single one. */
  readonly merge: Merge | null;

  constructor(merge: Merge | null, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.merge = merge;
  }
}
