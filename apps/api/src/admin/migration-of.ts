import { type ChatContext, ChatError } from "@onechat/chat-domain";
import { type MigrationContext, migrationContext, MigrationError } from "@onechat/chat-domain/migrate";

/** The migration's view of the same chats. */
export function migrationOf({ db, model }: ChatContext): MigrationContext {
  return migrationContext(db, { model });
}

/** @throws ChatError `UNAVAILABLE` for every way in which the migration cannot look */
export async function lookingAtMigration<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    throw new ChatError("UNAVAILABLE", "the database does not let this process look", { cause: error });
  }
}
