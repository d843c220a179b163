import type { FaultName } from "../history/history-line.ts";
import type { Target } from "../run/target.ts";

/** Called by a fault at the instant at which it ends. */
export type Healed = () => void;

/** A fault that is ready to strike, and the targets whose calls it will find under way. */
export interface FaultSetup extends AsyncDisposable {
  readonly targets: readonly Target[];
  /** How long it lasts. */
  readonly holdMs: number;
  /** How much it has hit so far, where it can count: then it lasts until that is something. */
  readonly struck?: () => number;
  /** The longest pause of a caller between two calls: the shorter, the more the fault finds under way. */
  readonly pauseMs: number;
  /** Before the first call, and not while calls are under way. */
  readonly strikesFirst?: true;
  readonly inject: () => Promise<void> | void;
  readonly heal: (healed: Healed) => Promise<void> | void;
}

/** A fault in one place. */
export interface FaultPlan {
  readonly fault: FaultName;
  /** On which hop or process, for people. */
  readonly target: string;
}
