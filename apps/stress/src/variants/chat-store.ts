/** Who is meant, as a caller names them: in any order. */
export interface AskedPeople {
  readonly participants: readonly string[];
  readonly scope: string;
}

export interface Ensured {
  readonly id: string;
  readonly created: boolean;
}

/** One way of keeping one chat per set of people. Every variant answers the same three questions. */
export interface ChatStore {
  ensure(people: AskedPeople): Promise<Ensured>;
  find(people: AskedPeople): Promise<string | null>;
  /** The id under which these people's chat with this id lives today. */
  resolve(id: string, people: AskedPeople): Promise<string>;
}

/** A store that owns its connections. */
export interface OpenStore extends ChatStore, AsyncDisposable {
  /** Whatever can be had before the calls are due, such as their callers' tokens. */
  prepare(callers: readonly string[]): Promise<void>;
  /**
   * Opens connections and runs every code path once, so that the first measured call is like all others. Never fails:
   * what does not work will be seen by those who are measured.
   */
  warmUp(): Promise<void>;
  /** How many commands that write were sent so far; `null` when they are not counted. */
  writesSent(): number | null;
}

/** Where a store keeps its chats, and how it talks to the server: the same for every variant. */
export interface StorePlace {
  readonly uri: string;
  readonly database: string;
  /** Connections, of one process. */
  readonly poolSize: number;
  /** How long a call may take. */
  readonly timeoutMs: number;
  /** Counts writes, which costs every command a little: where errors have to be told apart. */
  readonly watchWrites: boolean;
}
