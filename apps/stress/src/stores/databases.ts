import { chatContext, ensureIndexes } from "@onechat/chat-domain";
import { type Db, ObjectId } from "mongodb";
import type { Variant } from "../history/operation.ts";
import type { PlannedRegister } from "../plan/workload-plan.ts";
import { chatsCollection } from "./stored-chat.ts";

/**
 * What each variant expects to find: onechat its own indexes, made by itself; the controls the same unique index, except
 * the naive one, which only gets a fast read.
 *
 * @throws ChatError `INDEX_MISSING`, `UNAVAILABLE`
 */
export async function prepareDatabase(db: Db, variant: Variant): Promise<void> {
  if (variant === "ours" || variant === "base") return ensureIndexes(chatContext(db, { deadlineMs: 30_000 }));
  const unique = variant === "naive" ? {} : { unique: true, sparse: true };
  await db.collection(chatsCollection).createIndex({ participantsKey: 1 }, unique);
}

/** Takes away every index that could decide a race. */
export async function dropKeyIndex(db: Db): Promise<void> {
  const chats = db.collection(chatsCollection);
  for (const { name, key } of await chats.indexes())
    if (name !== undefined && Object.keys(key).join() === "participantsKey") await chats.dropIndex(name);
}

/** Puts chats there as an application without onechat has left them: no key, and several of the same people. */
export async function seedLegacy(db: Db, registers: readonly PlannedRegister[]): Promise<void> {
  const documents = registers.flatMap(({ participants, scope, initial }) =>
    initial.map((id) => ({
      _id: new ObjectId(id),
      participants: [...participants],
      ...(scope === "" ? {} : { scope }),
      createdAt: new ObjectId(id).getTimestamp(),
    })),
  );
  if (documents.length > 0) await db.collection(chatsCollection).insertMany(documents);
}
