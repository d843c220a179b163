import { reviveWhenStalled } from "@onechat/chat-domain/connect";
import { MongoClient } from "mongodb";

/** Where a store keeps its chats, and how it talks to the server: the same for every variant. */
export interface StorePlace {
  readonly uri: string;
  readonly database: string;
  readonly timeoutMs: number;
  /** Counts writes, which costs every command a little: where errors have to be told apart. */
  readonly watchWrites: boolean;
}

/** Connections of one process to the database, the same for every variant. */
export const poolSize = 16;

/** What every variant promises its callers; printed in the report. */
export const concerns = {
  writeConcern: { w: "majority", journal: true },
  readConcern: { level: "majority" },
} as const;

const writes: ReadonlySet<string> = new Set(["insert", "update", "delete", "findAndModify", "bulkWrite"]);

type Options = Readonly<Record<string, string | number | boolean>>;

function unlessGiven(uri: string, options: Options): Options {
  const [, query = ""] = uri.split("?");
  const given = new Set([...new URLSearchParams(query).keys()].map((name) => name.toLowerCase()));
  return Object.fromEntries(Object.entries(options).filter(([name]) => !given.has(name.toLowerCase())));
}

/** The same bounds for every variant; what the connection string says wins, so that a fault can say less. */
export function clientOptions({ uri, watchWrites }: StorePlace): Options {
  return unlessGiven(uri, {
    appName: "onechat-stress",
    maxPoolSize: poolSize,
    waitQueueTimeoutMS: 2_000,
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
    socketTimeoutMS: 30_000,
    monitorCommands: watchWrites,
  });
}

/** Something that tells of its commands: a client of this driver, or of Mongoose's own copy of it. */
interface CommandTeller {
  on(event: "commandStarted", listener: (event: { readonly commandName: string }) => void): unknown;
}

export function writeCounter(client: CommandTeller, { watchWrites }: StorePlace): () => number | null {
  if (!watchWrites) return () => null;
  let sent = 0;
  client.on("commandStarted", ({ commandName }) => {
    if (writes.has(commandName)) sent += 1;
  });
  return () => sent;
}

export interface Connection extends AsyncDisposable {
  readonly client: MongoClient;
}

/**
 * A client of the bare driver. What it loses when its server is killed is lost by all on the bare driver alike, and got
 * back by each.
 */
export function connected(uri: string, options: Options): Connection {
  const client = new MongoClient(uri, unlessGiven(uri, options));
  const reviving = reviveWhenStalled(client);
  return {
    client,
    async [Symbol.asyncDispose]() {
      await reviving[Symbol.asyncDispose]();
      await client.close();
    },
  };
}
