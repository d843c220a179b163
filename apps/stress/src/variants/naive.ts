import type { Collection } from "mongodb";
import type { AskedPeople, ChatStore, Ensured, OpenStore, StorePlace } from "./chat-store.ts";
import { readsOf } from "./raw.ts";
import { concerns, storeClient, writeCounter } from "./store-client.ts";
import { chatsCollection, keyOf, newChat, type StoredChat } from "./stored-chat.ts";
import { warmUpOf } from "./warm-up.ts";

/** Looks first, then inserts, without a unique index: must be seen to fail, or a run could not see anything. */
export function openNaive(place: StorePlace): OpenStore {
  const client = storeClient(place);
  const chats = client.db(place.database).collection<StoredChat>(chatsCollection, concerns);
  const store: ChatStore = { ...readsOf(chats), ensure: (people) => findThenInsert(chats, people) };
  return {
    ...store,
    prepare: () => Promise.resolve(),
    warmUp: warmUpOf(store, place),
    writesSent: writeCounter(client, place),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

async function findThenInsert(chats: Collection<StoredChat>, people: AskedPeople): Promise<Ensured> {
  const found = await chats.findOne({ participantsKey: keyOf(people) });
  if (found !== null) return { id: found._id.toHexString(), created: false };
  const { insertedId } = await chats.insertOne(newChat(people) as StoredChat);
  return { id: insertedId.toHexString(), created: true };
}
