import { refuseUnknown } from "../driver/known-options.ts";
import type { MigrationContext } from "../migrate/context/migration-context.ts";
import { asMigrationError, withMigrationErrors } from "../migrate/context/with-migration-errors.ts";
import { keyIndexFlaw } from "../store/key-index.ts";
import { auditJournal, auditTombstones } from "./audit-journal.ts";
import { auditKeys } from "./audit-keys.ts";
import { auditMoves } from "./audit-moves.ts";
import type { Finding } from "./finding.ts";

/** How far an audit is: chats and duplicates looked at. */
export interface AuditProgress {
  readonly checked: number;
}

export interface AuditOptions {
  /**
   * Documents that followed a duplicate and have been deleted since are no findings: for audits long after the
   * migration, when the application has deleted messages of its own accord.
   */
  readonly allowDeleted?: boolean;
  readonly onProgress?: (progress: AuditProgress) => void;
  readonly signal?: AbortSignal;
}

const optionNames = {
  allowDeleted: true,
  onProgress: true,
  signal: true,
} satisfies Record<keyof AuditOptions, true>;

/**
 * Everything that has to be true after a migration, looked at document by document; read-only. Yields what is not, with
 * the ids to look it up by, and holds no more than a batch in memory.
 *
 * @throws MigrationError `UNAVAILABLE`, `PREFLIGHT_REFUSED`
 * @example
 * ```ts
 * import { auditChats } from "@onechat/chat-domain/audit";
 * import type { MigrationContext } from "@onechat/chat-domain/migrate";
 *
 * export async function isClean(migration: MigrationContext): Promise<boolean> {
 *   for await (const { code } of auditChats(migration)) return code === "PARKED";
 *   return true;
 * }
 * ```
 */
export async function* auditChats(
  ctx: MigrationContext,
  options: AuditOptions = {},
): AsyncGenerator<Finding, void, void> {
  refuseUnknown("auditChats", options, optionNames);
  const flaw = await withMigrationErrors(() => keyIndexFlaw(ctx.chats, ctx.model.chats.keyField));
  if (flaw !== null) yield { code: "INDEX_MISSING", message: flaw, chat: null, reference: null };
  let checked = 0;
  const tick = (more: number): void => {
    options.signal?.throwIfAborted();
    checked += more;
    options.onProgress?.({ checked });
  };
  try {
    yield* auditKeys(ctx, tick);
    yield* auditTombstones(ctx, tick);
    yield* auditJournal(ctx, tick);
    yield* auditMoves(ctx, { tick, allowDeleted: options.allowDeleted === true });
  } catch (error) {
    throw asMigrationError(error);
  }
}
