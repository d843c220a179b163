import type { Collection } from "mongodb";
import type { AskedPeople, Ensured, OpenStore, StorePlace } from "./chat-store.ts";
import { openDriverStore } from "./driver-store.ts";
import { keyOf, newChat, type StoredChat } from "./stored-chat.ts";

/** Looks first, then inserts, without a unique index: must be seen to fail, or a run could not see anything. */
export function openNaive(place: StorePlace): OpenStore {
  return openDriverStore(place, findThenInsert);
}

async function findThenInsert(chats: Collection<StoredChat>, people: AskedPeople): Promise<Ensured> {
  const found = await chats.findOne({ participantsKey: keyOf(people) });
  if (found !== null) return { id: found._id.toHexString(), created: false };
  const { insertedId } = await chats.insertOne(newChat(people) as StoredChat);
  return { id: insertedId.toHexString(), created: true };
}
