import { type Collection, MongoServerError, ObjectId } from "mongodb";
import type { AskedPeople, ChatStore, Ensured, OpenStore, StorePlace } from "./chat-store.ts";
import { concerns, storeClient, writeCounter } from "./store-client.ts";
import { chatsCollection, keyOf, newChat, type StoredChat } from "./stored-chat.ts";
import { warmUpOf } from "./warm-up.ts";

/** The floor: one upsert of the bare driver on the unique index, and a read for the loser of a race. */
export function openRaw(place: StorePlace): OpenStore {
  const client = storeClient(place);
  const chats = client.db(place.database).collection<StoredChat>(chatsCollection, concerns);
  const store: ChatStore = { ...readsOf(chats), ensure: (people) => upsert(chats, people) };
  return {
    ...store,
    prepare: () => Promise.resolve(),
    warmUp: warmUpOf(store, place),
    writesSent: writeCounter(client, place),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** Reads as all of the driver's controls do them. */
export function readsOf(chats: Collection<StoredChat>): Pick<ChatStore, "find" | "resolve"> {
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

async function upsert(chats: Collection<StoredChat>, people: AskedPeople): Promise<Ensured> {
  const { participantsKey, ...fields } = newChat(people);
  try {
    const { value, lastErrorObject } = await chats.findOneAndUpdate(
      { participantsKey },
      { $setOnInsert: fields },
      { upsert: true, returnDocument: "after", includeResultMetadata: true },
    );
    if (value !== null)
      return { id: value._id.toHexString(), created: lastErrorObject?.["updatedExisting"] !== true };
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === 11_000)) throw error;
  }
  const winner = await chats.findOne({ participantsKey });
  if (winner === null) throw new Error("the winner of the race is gone");
  return { id: winner._id.toHexString(), created: false };
}
