import mongoose, { type Model, Schema } from "mongoose";
import type { AskedPeople, ChatStore, Ensured, OpenStore, StorePlace } from "./chat-store.ts";
import { clientOptions, concerns, writeCounter } from "./store-client.ts";
import { chatsCollection, keyOf, newChat } from "./stored-chat.ts";
import { warmUpOf } from "./warm-up.ts";

interface MongooseChat {
  readonly participants: string[];
  readonly participantsKey: string;
  readonly scope?: string;
}

/** As tutorials write it: `findOneAndUpdate` with `upsert`, and the winner's chat after E11000. */
export async function openMongoose(place: StorePlace): Promise<OpenStore> {
  const connection = mongoose.createConnection(place.uri, {
    ...clientOptions(place),
    ...concerns,
    dbName: place.database,
    autoIndex: false,
    autoCreate: false,
  });
  await connection.asPromise();
  const schema = new Schema<MongooseChat>(
    {
      participants: [String],
      participantsKey: { type: String, unique: true, sparse: true },
      scope: String,
    },
    { timestamps: true, collection: chatsCollection },
  );
  const Chat = connection.model<MongooseChat>("Chat", schema);
  const store: ChatStore = {
    ensure: (people) => upsert(Chat, people),
    async find(people) {
      const chat = await Chat.findOne({ participantsKey: keyOf(people) });
      return chat?._id.toString() ?? null;
    },
    async resolve(id) {
      const chat = await Chat.findById(id).orFail();
      return chat._id.toString();
    },
  };
  return {
    ...store,
    prepare: () => Promise.resolve(),
    warmUp: warmUpOf(store, place),
    writesSent: writeCounter(connection.getClient(), place),
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

async function upsert(Chat: Model<MongooseChat>, people: AskedPeople): Promise<Ensured> {
  const { participantsKey, participants, scope } = newChat(people);
  try {
    const { value, lastErrorObject } = await Chat.findOneAndUpdate(
      { participantsKey },
      { $setOnInsert: { participants: [...participants], ...(scope === undefined ? {} : { scope }) } },
      // The metadata only tell the harness who created; tutorials leave them out.
      { returnDocument: "after", upsert: true, includeResultMetadata: true },
    );
    if (value !== null)
      return { id: value._id.toString(), created: lastErrorObject?.updatedExisting !== true };
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === 11_000)) throw error;
  }
  const winner = await Chat.findOne({ participantsKey }).orFail();
  return { id: winner._id.toString(), created: false };
}
