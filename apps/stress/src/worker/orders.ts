import type { Operation } from "../history/operation.ts";
import type { Route } from "../paths/route.ts";
import type { PlannedCall } from "../workloads/workload-plan.ts";

/** A call with the register's name in the run, and lanes of such calls. */
export interface DueCall extends PlannedCall {
  readonly key: string;
}
export interface DueLane {
  readonly due: number | null;
  readonly calls: readonly DueCall[];
}

/** What a worker does with a call that was not answered: ask again, as a caller would, until this is up. */
export interface Persistence {
  readonly forMs: number;
}

/** What one process is to do at the next release. */
export interface Share {
  readonly route: string;
  readonly lanes: readonly DueLane[];
  /** `null`: every call is made once. */
  readonly persistence: Persistence | null;
}

/** From the harness to a worker; each is answered once. */
export type Order =
  | { readonly order: "begin"; readonly process: string; readonly epoch: string }
  | { readonly order: "open"; readonly name: string; readonly route: Route }
  | { readonly order: "close"; readonly name: string }
  | { readonly order: "load"; readonly share: Share }
  /** Answered when the last call is. */
  | { readonly order: "release"; readonly at: number }
  /** No new calls from now on. */
  | { readonly order: "stop" };

export type NumberedOrder = Order & { readonly number: number };

/** How a process fared between a release and its last call. */
export interface ProcessHealth {
  readonly eventLoopUtilization: number;
  readonly eventLoopDelayP99Ms: number;
}

/** An operation that has no number yet. */
export type SeenOperation = Omit<Operation, "type" | "op" | "process">;

/** From a worker to the harness. */
export type Report =
  | { readonly report: "done"; readonly number: number; readonly health: ProcessHealth | null }
  | { readonly report: "failed"; readonly number: number; readonly message: string }
  | { readonly report: "seen"; readonly operations: readonly SeenOperation[] };
