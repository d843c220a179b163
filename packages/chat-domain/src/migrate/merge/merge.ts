import type { NativeId } from "../../native-id.ts";

/** One duplicate on its way into its survivor. */
export interface Merge {
  readonly loser: NativeId;
  readonly survivor: NativeId;
  readonly epoch: number;
}
