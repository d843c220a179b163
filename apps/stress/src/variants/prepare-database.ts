import { chatContext, ensureIndexes } from "@onechat/chat-domain";
import type { Db } from "mongodb";
import type { Variant } from "../history/operation.ts";
import { chatsCollection } from "./stored-chat.ts";

/**
 * What each variant expects to find: ours its own indexes, made by itself; the controls the same unique index, except
 * the naive one, which only gets a fast read.
 *
 * @throws ChatError `INDEX_MISSING`, `UNAVAILABLE`
 */
export async function prepareDatabase(db: Db, variant: Variant): Promise<void> {
  if (variant === "ours") return ensureIndexes(chatContext(db, { deadlineMs: 30_000 }));
  const chats = db.collection(chatsCollection);
  const unique = variant === "naive" ? {} : { unique: true, sparse: true };
  await chats.createIndex({ participantsKey: 1 }, unique);
}
