/** Who is meant, as a caller names them: in any order. */
export interface People {
  readonly participants: readonly string[];
  /** Empty unless the store says that it keeps `scopes` apart. */
  readonly scope: string;
}

export interface Ensured {
  readonly id: string;
  /** `null` where it is not told. */
  readonly created: boolean | null;
}

/**
 * One way of keeping one chat per set of people: onechat, a control, or what somebody has written for their own
 * service. What is left out is not asked for, and not claimed either.
 */
export interface Store {
  /** Create-or-get. `signal` is aborted when the caller gives up; what has been sent by then may still be done. */
  ensure(people: People, options?: { readonly signal?: AbortSignal }): Promise<Ensured>;
  /** Reads by people. Absent: no finds are planned. */
  find?(people: People): Promise<string | null>;
  /** The id under which the chat with this id lives today. */
  resolve?(id: string, people: People): Promise<string>;
  /** Deletes a chat. Absent: no deletes are planned. */
  remove?(id: string): Promise<void>;
  /** All live ids of each set. Absent: a new process asks at the end, and nothing is claimed of what the database held. */
  audit?(people: readonly People[]): Promise<readonly (readonly string[])[]>;
  /** The same people may have a chat in each scope. Absent: there are no scopes. */
  readonly scopes?: boolean;
  close?(): Promise<void>;
}

export interface StoreEnv {
  /** The calling process, such as `w1`. */
  readonly process: string;
  /** The run; every participant's id begins with its tag, so a run finds nothing of an earlier one. */
  readonly run: string;
}

/** What the module of `--store` exports as its default. */
export type OpenStore = (env: StoreEnv) => Store | Promise<Store>;

export type Offer = "find" | "resolve" | "remove" | "audit" | "scopes";

export function offersOf(store: Store): readonly Offer[] {
  const methods = (["find", "resolve", "remove", "audit"] as const).filter(
    (name) => store[name] !== undefined,
  );
  return store.scopes === true ? [...methods, "scopes"] : methods;
}
