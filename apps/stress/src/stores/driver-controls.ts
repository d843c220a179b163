import { type Collection, type Db, MongoServerError, ObjectId } from "mongodb";
import { concerns } from "./client.ts";
import type { Ensured, People, Store } from "./store.ts";
import { chatsCollection, keyOf, newChat, type StoredChat } from "./stored-chat.ts";

/** Looks first, then inserts, without a unique index: must be seen to fail, or a run could not see anything. */
export function naiveStore(db: Db): Store {
  return driverStore(db, async (chats, people) => {
    const found = await chats.findOne({ participantsKey: keyOf(people) });
    if (found !== null) return { id: found._id.toHexString(), created: false };
    const { insertedId } = await chats.insertOne(newChat(people) as StoredChat);
    return { id: insertedId.toHexString(), created: true };
  });
}

/** The floor: one upsert of the bare driver on the unique index, and a read for the loser of a race. */
export function rawStore(db: Db): Store {
  return driverStore(db, async (chats, people) => {
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
  });
}

function driverStore(
  db: Db,
  ensure: (chats: Collection<StoredChat>, people: People) => Promise<Ensured>,
): Store {
  const chats = db.collection<StoredChat>(chatsCollection, concerns);
  return {
    ensure: (people) => ensure(chats, people),
    async find(people) {
      const chat = await chats.findOne({ participantsKey: keyOf(people) });
      return chat?._id.toHexString() ?? null;
    },
    remove: async (id) => void (await chats.deleteOne({ _id: new ObjectId(id) })),
    scopes: true,
  };
}
