import { ChatError } from "../../chat-error.ts";
import { verifyKeyIndex } from "../../key-index.ts";
import type { MigrationContext } from "../migration-context.ts";

/** What is wrong with the unique index, or `null`. */
export async function keyIndexFlaw(ctx: MigrationContext): Promise<string | null> {
  try {
    await verifyKeyIndex(ctx.chats);
    return null;
  } catch (error) {
    if (error instanceof ChatError && error.code === "INDEX_MISSING") return error.message;
    throw error;
  }
}
