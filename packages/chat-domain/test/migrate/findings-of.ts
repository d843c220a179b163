import { auditChats, type AuditOptions } from "../../src/audit/index.ts";
import type { MigrationContext } from "../../src/migrate/index.ts";

/** What an audit finds, in words that a failing test can show. */
export async function findingsOf(
  ctx: MigrationContext,
  options: AuditOptions = {},
): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { code, message, chat } of auditChats(ctx, options)) {
    found.push(`${code} ${String(chat)}: ${message}`);
  }
  return found;
}
