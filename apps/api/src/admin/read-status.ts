import { type ChatContext, ChatError } from "@onechat/chat-domain";
import { migrationProgress, type MigrationProgress } from "@onechat/chat-domain/migrate";
import { withTimeout } from "../health/with-timeout.ts";
import type { AdminContext } from "../request-context.ts";
import type { StatusOutput } from "./admin-schemas.ts";
import { lookingAtMigration, migrationOf } from "./migration-of.ts";

const patienceMs = 4_000;

/** How this process does, and how far the migration has come; answered also while the database is away. */
export async function readStatus(chats: ChatContext, admin: AdminContext): Promise<StatusOutput> {
  const unready = await admin.readiness.assertReady().then(() => null, reasonOf);
  const progress = unready === "UNAVAILABLE" ? undefined : await progressOf(chats);
  return {
    version: admin.version,
    startedAt: admin.startedAt.toISOString(),
    unready,
    calls: admin.tally.counts(),
    pool: admin.pool(),
    migration: progress === undefined ? null : migrationStanding(progress),
  };
}

function progressOf(chats: ChatContext): Promise<MigrationProgress | undefined> {
  return withTimeout(
    patienceMs,
    lookingAtMigration(() => migrationProgress(migrationOf(chats))),
  );
}

function migrationStanding({
  keyIndex,
  sealed,
  journal,
  runner,
  lastRun,
}: MigrationProgress): NonNullable<StatusOutput["migration"]> {
  return {
    keyIndex,
    sealed,
    journal,
    runner: runner && {
      host: runner.host,
      command: runner.command,
      heartbeatAt: runner.heartbeatAt.toISOString(),
    },
    lastRun: lastRun && {
      command: lastRun.command,
      state: lastRun.state,
      phase: lastRun.phase,
      startedAt: lastRun.startedAt.toISOString(),
    },
  };
}

function reasonOf(error: unknown): string {
  return error instanceof ChatError ? error.code : "UNAVAILABLE";
}
