import type { Collection } from "mongodb";
import { ChatError, unavailable } from "../errors/chat-error.ts";
import { isServerError } from "../errors/mongo-errors.ts";
import type { StoredDocument } from "../model/stored-document.ts";

const [unauthorized, onlyView] = [13, 166];

/** In words that say what to do, why the server will do this for nobody, or `null`. */
export function refusedAccess(chats: Collection<StoredDocument>, error: unknown): ChatError | null {
  if (!isServerError(error)) return null;
  if (error.code === unauthorized) return unavailable(notAllowed(chats.namespace), error);
  if (error.code !== onlyView) return null;
  const text = `${chats.namespace} is a view, which has no index and takes no writes: name the collection behind it in chats.collection`;
  return new ChatError("MODEL_MISMATCH", text, { cause: error });
}

function notAllowed(namespace: string): string {
  return `the database user may not do this with ${namespace}: give it the role readWrite on that database`;
}

/**
 * Whether chats can be written here: an update that no chat matches. Whatever else may be wrong with it passes, or is
 * found by those who ask for it.
 *
 * @throws ChatError `UNAVAILABLE` where the user may only read, `MODEL_MISMATCH` where it is a view
 */
export async function assertWritable(chats: Collection<StoredDocument>, maxTimeMS: number): Promise<void> {
  try {
    const nobody = { _id: { $in: [] } };
    await chats.updateOne(nobody, { $unset: { onechat: "" } }, { writeConcern: { w: 1 }, maxTimeMS });
  } catch (error) {
    const refused = refusedAccess(chats, error);
    if (refused !== null) throw refused;
  }
}
