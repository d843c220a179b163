import type { ProcessHealth } from "../history/history-line.ts";
import type { Operation } from "../history/operation.ts";
import type { PlannedCall } from "../plan/workload-plan.ts";
import type { Route } from "../stores/open-store.ts";
import type { Offer, People, StoreEnv } from "../stores/store.ts";

/** A call with the register's name in the run. */
export interface DueCall extends Omit<PlannedCall, "register"> {
  readonly key: string;
}

export interface DueLane {
  readonly route: string;
  readonly due: number | null;
  readonly calls: readonly DueCall[];
}

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

export interface Orders {
  begin(env: StoreEnv, epoch: string): Promise<void>;
  /** `warm`: with connections open and every code path run once. Resolves with what the store offers. */
  open(name: string, route: Route, warm: boolean): Promise<readonly Offer[]>;
  close(name: string): Promise<void>;
  load(share: Share): Promise<void>;
  /** Resolves when the last call is answered, with how the process fared. */
  release(at: number): Promise<ProcessHealth>;
  stop(): Promise<void>;
  audit(name: string, people: readonly People[]): Promise<readonly (readonly string[])[]>;
}

/** From the harness to a worker; each is answered once. */
export interface NumberedOrder<K extends keyof Orders = keyof Orders> {
  readonly number: number;
  readonly order: K;
  readonly args: Parameters<Orders[K]>;
}

export type SeenOperation = Omit<Operation, "type" | "op" | "process">;

/** From a worker to the harness: what an order came to, or what was seen meanwhile. */
export type Report =
  | { readonly report: "done"; readonly number: number; readonly reply: unknown }
  | { readonly report: "failed"; readonly number: number; readonly message: string }
  | { readonly report: "seen"; readonly operations: readonly SeenOperation[] };
