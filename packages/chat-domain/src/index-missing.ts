import type { ChatContext } from "./chat-context.ts";
import { keyField } from "./chat-document.ts";
import { ChatError } from "./chat-error.ts";

/** The error of a collection that cannot give the guarantee, with the command that mends it. */
export function indexMissing(ctx: ChatContext, flaw: string, cause?: unknown): ChatError {
  const name = `${ctx.db.databaseName}.${ctx.chats.collectionName}`;
  const message =
    `the unique index {${keyField}: 1} of ${name} ${flaw}, so "exactly one chat" cannot be guaranteed; ` +
    "build it with: pnpm migrator up --execute --to index";
  return new ChatError("INDEX_MISSING", message, { cause });
}
