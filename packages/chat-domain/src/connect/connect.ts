import { MongoClient, type MongoClientOptions } from "mongodb";
import { type ChatContext, chatContext, type ChatContextOptions } from "../create-or-get/chat-context.ts";
import { withDeadline } from "../store/deadline.ts";
import { databaseFor } from "./database-name.ts";
import { type PoolFigures, watchPool } from "./pool-figures.ts";
import { reviveWhenStalled } from "./revive-when-stalled.ts";

export interface ConnectOptions extends ChatContextOptions {
  /** A MongoDB connection string; what it says about pool, timeouts and name wins over the defaults here. */
  readonly uri: string;
  /** The database; that of the connection string unless given, `onechat` where it names none. */
  readonly database?: string;
  /** Named in the server's logs and in its list of connections. */
  readonly appName?: string;
  /** Connections per server; 50 unless given. */
  readonly maxPoolSize?: number;
  /** For migrations: commands may take hours, such as building an index, and a server may be away for a while. */
  readonly longRunning?: boolean;
}

/** A context that owns its connections: use it with `await using`, or dispose of it at the end. */
export interface ChatConnection extends ChatContext, AsyncDisposable {
  /**
   * One round trip to the server.
   *
   * @throws ChatError `UNAVAILABLE`
   */
  ping(): Promise<void>;
  readonly pool: () => PoolFigures;
}

/**
 * Connections with a bound on every wait: for a free connection, for a server, for an answer. Nothing is sent before
 * the first operation, so this succeeds while the database is down.
 *
 * @throws MongoParseError when `uri` is not a connection string
 * @throws TypeError when it names only `admin`, and nobody a database
 * @example
 * ```ts
 * import { createOrGetChat } from "@onechat/chat-domain";
 * import { connect } from "@onechat/chat-domain/connect";
 *
 * await using connection = connect({ uri: "mongodb://127.0.0.1:27017", database: "app" });
 * await createOrGetChat(connection, { participants: ["alice", "bob"] });
 * ```
 */
export function connect(options: ConnectOptions): ChatConnection {
  const {
    uri,
    database = databaseIn(options.uri),
    appName,
    maxPoolSize,
    longRunning,
    ...contextOptions
  } = options;
  const client = new MongoClient(uri, clientOptions(uri, { appName, maxPoolSize, longRunning }));
  const pool = watchPool(client);
  const reviving = reviveWhenStalled(client);
  const context = chatContext(client.db(database), contextOptions);
  return {
    ...context,
    pool,
    ping: () => withDeadline(context, async () => void (await context.db.command({ ping: 1 }))),
    async [Symbol.asyncDispose]() {
      await reviving[Symbol.asyncDispose]();
      await client.close();
    },
  };
}

function databaseIn(uri: string): string {
  const found = databaseFor(uri, null);
  if ("problem" in found) throw new TypeError(found.problem);
  return found.database;
}

type ClientSettings = {
  readonly [Name in "appName" | "maxPoolSize" | "longRunning"]: ConnectOptions[Name] | undefined;
};

function clientOptions(
  uri: string,
  { appName = "onechat", maxPoolSize = 50, longRunning = false }: ClientSettings,
): MongoClientOptions {
  const defaults: MongoClientOptions = {
    appName,
    maxPoolSize,
    maxIdleTimeMS: 60_000,
    // The driver's own defaults are 0 (wait for ever), 30 s, 30 s and 0 (wait for ever).
    waitQueueTimeoutMS: 2_000,
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
    socketTimeoutMS: 30_000,
    ...(longRunning ? { socketTimeoutMS: 0, serverSelectionTimeoutMS: 5_000 } : {}),
  };
  const given = optionsOf(uri);
  return Object.fromEntries(Object.entries(defaults).filter(([name]) => !given.has(name.toLowerCase())));
}

/** Option names of a connection string are case-insensitive; its host list is no URL, so only the query is parsed. */
function optionsOf(uri: string): ReadonlySet<string> {
  const [, query = ""] = uri.split("?");
  return new Set([...new URLSearchParams(query).keys()].map((name) => name.toLowerCase()));
}
