import type { ProcessHealth } from "../history/history-line.ts";
import type { Operation } from "../history/operation.ts";
import type { PlannedCall } from "../plan/workload-plan.ts";
import type { Route } from "../stores/open-store.ts";
import type { Offer, People } from "../stores/store.ts";

/** A call with the register's name in the run. */
export interface DueCall extends Omit<PlannedCall, "register"> {
  readonly key: string;
}

/** A caller of one process, who takes one way. */
export interface DueLane {
  readonly route: string;
  readonly due: number | null;
  readonly calls: readonly DueCall[];
}

/** How callers behave. */
export interface Manner {
  /**
   * A call that was not answered is made again, as an operation of its own, until so many milliseconds have passed
   * since its first time, or since the order to stop; 0 for never. Its caller need not retire after an unknown outcome:
   * calls are judged by their people and their instants alone, and not by who made them one after the other.
   */
  readonly persistMs: number;
  /** The longest pause between two calls of a caller, in milliseconds. */
  readonly pauseMs: number;
}

/** Every call once, one right after the other. */
export const plainManner: Manner = { persistMs: 0, pauseMs: 0 };

/** What one process is to do at the next release. */
export interface Share {
  readonly lanes: readonly DueLane[];
  readonly manner: Manner;
}

/** From the harness to a worker; each is answered once. */
export type Order =
  | { readonly order: "begin"; readonly process: string; readonly run: string; readonly epoch: string }
  /** `warm`: with connections open and every code path run once. Answered with what the store offers. */
  | { readonly order: "open"; readonly name: string; readonly route: Route; readonly warm: boolean }
  | { readonly order: "close"; readonly name: string }
  | { readonly order: "load"; readonly share: Share }
  /** Answered when the last call is, with how the process fared. */
  | { readonly order: "release"; readonly at: number }
  /** No new calls from now on. */
  | { readonly order: "stop" }
  /** Answered with all live ids of each set. */
  | { readonly order: "audit"; readonly name: string; readonly people: readonly People[] };

export type NumberedOrder = Order & { readonly number: number };

/** What an order was answered with, as far as it asked for something. */
export interface Reply {
  readonly offers?: readonly Offer[];
  readonly health?: ProcessHealth;
  readonly ids?: readonly (readonly string[])[];
}

/** An operation that has no number yet. */
export type SeenOperation = Omit<Operation, "type" | "op" | "process">;

/** From a worker to the harness. */
export type Report =
  | { readonly report: "done"; readonly number: number; readonly reply: Reply }
  | { readonly report: "failed"; readonly number: number; readonly message: string }
  | { readonly report: "seen"; readonly operations: readonly SeenOperation[] };
