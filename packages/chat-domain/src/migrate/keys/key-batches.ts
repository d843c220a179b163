import { ObjectId } from "mongodb";
import type { StoredDocument } from "../../chat-document.ts";
import type { NativeId } from "../../native-id.ts";
import { idMap } from "../merge/id-map.ts";
import type { Run } from "../run/run.ts";

/**
 * Remembers in which chats of a batch a key is about to be set, as a range with exceptions: so a rollback takes away
 * the migration's keys and no others, and chats carry no mark of it.
 */
export async function rememberKeyBatch(
  run: Run,
  batch: readonly StoredDocument[],
  claimed: readonly NativeId[],
): Promise<void> {
  const [first] = batch;
  const last = batch.at(-1);
  if (first === undefined || last === undefined) return;
  const isClaimed = idMap(claimed.map((id) => [id, true] as const));
  const except = batch.map(({ _id }) => _id).filter((id) => !isClaimed.has(id));
  await run.write.insert("chat_key_batches", [
    { _id: new ObjectId(), first: first._id, last: last._id, except, run: run.id },
  ]);
}
