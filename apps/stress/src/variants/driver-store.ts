import { type Collection, ObjectId } from "mongodb";
import type { AskedPeople, ChatStore, Ensured, OpenStore, StorePlace } from "./chat-store.ts";
import { concerns, storeClient } from "./store-client.ts";
import { storeOverClient } from "./store-over-client.ts";
import { chatsCollection, keyOf, type StoredChat } from "./stored-chat.ts";

/** How one of the driver's controls creates or gets a chat. */
export type EnsureChat = (chats: Collection<StoredChat>, people: AskedPeople) => Promise<Ensured>;

/** A control on the bare driver. */
export function openDriverStore(place: StorePlace, ensure: EnsureChat): OpenStore {
  const connection = storeClient(place);
  const chats = connection.client.db(place.database).collection<StoredChat>(chatsCollection, concerns);
  const store: ChatStore = { ...readsOf(chats), ensure: (people) => ensure(chats, people) };
  return storeOverClient(store, connection, place);
}

/** Reads as all of the driver's controls do them. */
function readsOf(chats: Collection<StoredChat>): Pick<ChatStore, "find" | "resolve"> {
  return {
    async find(people) {
      const chat = await chats.findOne({ participantsKey: keyOf(people) });
      return chat?._id.toHexString() ?? null;
    },
    async resolve(id) {
      const chat = await chats.findOne({ _id: new ObjectId(id) });
      if (chat === null) throw new Error("there is no chat with this id");
      return chat._id.toHexString();
    },
  };
}
