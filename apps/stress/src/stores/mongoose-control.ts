import mongoose, { Schema } from "mongoose";
import { clientOptions, concerns, type StorePlace, writeCounter } from "./client.ts";
import type { Opened } from "./open-store.ts";
import { chatsCollection, keyOf, newChat } from "./stored-chat.ts";

interface MongooseChat {
  readonly participants: string[];
  readonly participantsKey: string;
  readonly scope?: string;
}

const options = { timestamps: true, collection: chatsCollection, autoCreate: false, autoIndex: false };

/** As tutorials write it: `findOneAndUpdate` with `upsert`, and the winner's chat after E11000. */
export async function openMongoose(place: StorePlace): Promise<Opened> {
  const connection = mongoose.createConnection(place.uri, {
    ...clientOptions(place),
    ...concerns,
    dbName: place.database,
  });
  await connection.asPromise();
  const key = { type: String, unique: true, sparse: true };
  const schema = new Schema<MongooseChat>(
    { participants: [String], participantsKey: key, scope: String },
    options,
  );
  const Chat = connection.model<MongooseChat>("Chat", schema);
  return {
    store: {
      async ensure(people) {
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
      },
      async find(people) {
        const chat = await Chat.findOne({ participantsKey: keyOf(people) });
        return chat?._id.toString() ?? null;
      },
      remove: async (id) => void (await Chat.deleteOne({ _id: id })),
      scopes: true,
      close: () => connection.close(),
    },
    writesSent: writeCounter(connection.getClient(), place),
  };
}
