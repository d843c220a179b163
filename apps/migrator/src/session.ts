import { setTimeout as sleep } from "node:timers/promises";
import { ChatError } from "@onechat/chat-domain";
import { type ChatConnection, connect } from "@onechat/chat-domain/connect";
import {
  type MigrationContext,
  migrationContext,
  MigrationError,
  type MigrationEvent,
} from "@onechat/chat-domain/migrate";
import type { Config } from "./config.ts";
import type { Host } from "./host.ts";
import type { ProgressReporter } from "./progress-reporter.ts";
import type { Settings } from "./settings.ts";
import { UsageError } from "./usage-error.ts";

/** What a command works with. */
export interface Session {
  readonly ctx: MigrationContext;
  readonly settings: Settings;
  readonly host: Host;
  readonly progress: ProgressReporter;
  /** The command's argument, such as the chat of `explain`. */
  readonly argument: string;
}

export interface Connected extends AsyncDisposable {
  readonly ctx: MigrationContext;
}

/** Longer than the driver looks for a server, so that its own words about the failure are heard. */
const patienceMs = 8_000;

/**
 * A context on a database that has answered.
 *
 * @throws UsageError when the driver does not take the connection string
 * @throws MigrationError `PREFLIGHT_REFUSED` when the database does not know the user
 * @throws ChatError `UNAVAILABLE`
 */
export async function connected(
  { settings, model }: Config,
  onEvent: (event: MigrationEvent) => void,
): Promise<Connected> {
  const connection = opened(settings);
  try {
    await answered(connection);
  } catch (error) {
    await connection[Symbol.asyncDispose]();
    throw isRefusedLogin(error)
      ? new MigrationError("PREFLIGHT_REFUSED", "the database refuses the user or the password", {
          cause: error,
        })
      : error;
  }
  const ctx = migrationContext(connection.db, {
    model,
    onEvent,
    batch: batchOf(settings),
    graceMs: settings.grace,
    maxLagMs: settings.maxLag,
  });
  return { ctx, [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose]() };
}

/** How long one is waited for that is there, but cannot answer just now, in milliseconds. */
const longestWaitMs = 60_000;

/** One that cannot be found is said at once: it may well be the wrong address. */
async function answered(connection: Pick<ChatConnection, "ping">): Promise<void> {
  for (const end = performance.now() + longestWaitMs; ;) {
    try {
      return await connection.ping();
    } catch (error) {
      if (!isOnlyBusy(error) || performance.now() > end) throw error;
      await sleep(500);
    }
  }
}

function isOnlyBusy(error: unknown): boolean {
  if (!(error instanceof ChatError) || error.code !== "UNAVAILABLE") return false;
  return error.cause instanceof Error && error.cause.name !== "MongoServerSelectionError";
}

/** The driver's own words about a bad connection string may quote it, so they are not repeated. */
function opened({ uri, database }: Settings): ReturnType<typeof connect> {
  try {
    return connect({ uri, database, appName: "onechat-migrator", longRunning: true, deadlineMs: patienceMs });
  } catch {
    throw new UsageError([
      "the connection string is not one that the driver takes; are user and password percent-encoded?",
    ]);
  }
}

/** 18: wrong user or password; 8000: the same, of a hosted database. What else that says by it is UNAVAILABLE by now. */
function isRefusedLogin(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === 18 || error.code === 8_000);
}

/** What is not given bends to what is. */
function batchOf({ batch, minBatch, maxBatch }: Settings): { start: number; min: number; max: number } {
  const max = maxBatch ?? Math.max(5_000, batch ?? 0, minBatch ?? 0);
  const min = minBatch ?? Math.min(20, batch ?? max, max);
  return { start: batch ?? Math.min(Math.max(500, min), max), min, max };
}
