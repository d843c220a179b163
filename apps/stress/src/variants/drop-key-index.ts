import type { Db } from "mongodb";
import { chatsCollection } from "./stored-chat.ts";

/** Takes away every index that could decide a race. */
export async function dropKeyIndex(db: Db): Promise<void> {
  const chats = db.collection(chatsCollection);
  for (const { name, key } of await chats.indexes()) {
    if (name !== undefined && Object.keys(key).join() === "participantsKey") await chats.dropIndex(name);
  }
}
