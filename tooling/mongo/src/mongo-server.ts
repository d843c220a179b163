import { z } from "zod";

/** The ways to come by a MongoDB. */
export type MongoProvider = z.infer<typeof MongoProvider>;
export const MongoProvider = z.enum(["uri", "testcontainers", "mongod", "embedded", "download"]);

/** What a server can do; a test that needs more says so and is counted as skipped. */
export interface MongoCapabilities {
  readonly replicaSet: boolean;
  readonly transactions: boolean;
  readonly changeStreams: boolean;
  readonly collMod: boolean;
  /** Whether `kill`, `restart`, `pause` and `resume` work. */
  readonly crash: boolean;
}

export const replicaSetCapabilities: MongoCapabilities = {
  replicaSet: true,
  transactions: true,
  changeStreams: true,
  collMod: true,
  crash: false,
};

/** A running MongoDB. Disposing of it ends what was started for it, and deletes data that nobody asked to keep. */
export interface MongoServer extends AsyncDisposable {
  readonly uri: string;
  readonly provider: MongoProvider;
  readonly capabilities: MongoCapabilities;
  /** What runs and how, for people. */
  readonly description: string;
  /** Ends the engine as `kill -9` does. */
  kill(): Promise<void>;
  /** Starts the engine again on the same data and the same port. */
  restart(): Promise<void>;
  /** Freezes the engine (SIGSTOP) until `resume`. */
  pause(): void;
  resume(): void;
  /** Resolves if the server ends without having been told to, with how; for one that is not ours, never. */
  readonly died: Promise<Error>;
}

export interface MongoOptions {
  /** An existing folder where the data is kept; thrown away at the end unless given. */
  readonly dir?: string;
  /** The port to listen on; any free one unless given. */
  readonly port?: number;
  /** Embedded engine only: answer journaled writes once they are durable. `true` unless given. */
  readonly durabilityBarrier?: boolean;
  /** Told what happens that takes time or may surprise. */
  readonly onNotice: (line: string) => void;
}

/** One way of coming by a MongoDB. */
export interface Provider {
  readonly name: MongoProvider;
  /** `null` when it can be tried, else the reason why not. */
  unavailable(): Promise<string | null>;
  open(options: MongoOptions): Promise<MongoServer>;
}

/** The part of a server that has to do with crashes, where it is not ours to crash. */
export function uncrashable(
  provider: MongoProvider,
): Pick<MongoServer, "kill" | "restart" | "pause" | "resume" | "died"> {
  const refuse = (): never => {
    throw new Error(`the ${provider} MongoDB cannot be crashed: check capabilities.crash first`);
  };
  return {
    kill: async () => refuse(),
    restart: async () => refuse(),
    pause: refuse,
    resume: refuse,
    died: new Promise(() => undefined),
  };
}
