import { type Collection, MongoServerError } from "mongodb";
import type { AskedPeople, Ensured, OpenStore, StorePlace } from "./chat-store.ts";
import { openDriverStore } from "./driver-store.ts";
import { newChat, type StoredChat } from "./stored-chat.ts";

/** The floor: one upsert of the bare driver on the unique index, and a read for the loser of a race. */
export function openRaw(place: StorePlace): OpenStore {
  return openDriverStore(place, upsert);
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
