import { ObjectId } from "mongodb";
import type { NativeId } from "../../native-id.ts";
import type { Run } from "../run/run.ts";

/**
 * Remembers in which chats a key is about to be set, so that a rollback takes away the migration's keys and no others,
 * and chats carry no mark of it.
 */
export async function rememberKeyBatch(run: Run, ids: readonly NativeId[]): Promise<void> {
  await run.write.insert("chat_key_batches", [{ _id: new ObjectId(), ids, run: run.id }]);
}
