import { MongoClient } from "mongodb";
import mongoose from "mongoose";
import { connect } from "@onechat/chat-domain/connect";
import { createOrGetChat, ensureIndexes, type LegacyPolicy, participantsKey } from "@onechat/chat-domain";

export type Call = (participants: readonly string[]) => Promise<unknown>;

/** What is compared: onechat twice, to see what difference is only noise, and what would be written by hand. */
export interface Variants extends AsyncDisposable {
  readonly ours: Call;
  readonly "ours again (A/A)": Call;
  /** `findOneAndUpdate` with upsert, and a second read after a duplicate key, as tutorials have it. */
  readonly mongoose: Call;
  /** `findOneAndUpdate` with upsert. */
  readonly "raw driver": Call;
  /** One read by key, which creates nothing: no way of asking for a chat can do with less. */
  readonly "floor: raw findOne": Call;
}

export type VariantName = Exclude<keyof Variants, symbol>;
export const variantNames: readonly VariantName[] = [
  "ours",
  "ours again (A/A)",
  "mongoose",
  "raw driver",
  "floor: raw findOne",
];

export const durable = { w: "majority", journal: true, wtimeoutMS: 4_000 } as const;
const majority = { level: "majority" } as const;
const poolSize = 50;

/** All on one database and one collection, each with a pool of its own of the same size and the same concerns. */
export async function controls(uri: string, legacy: LegacyPolicy): Promise<Variants> {
  const database = "bench";
  const own = connect({ uri, database, legacy, maxPoolSize: poolSize });
  await ensureIndexes(own);
  const client = await new MongoClient(uri, { maxPoolSize: poolSize }).connect();
  const raw = client
    .db(database)
    .collection<{ participantsKey: string }>("chats", { writeConcern: durable, readConcern: majority });
  const connection = await mongoose
    .createConnection(uri, { dbName: database, maxPoolSize: poolSize, autoIndex: false })
    .asPromise();
  const ours: Call = (participants) => createOrGetChat(own, { participants });
  return {
    ours,
    "ours again (A/A)": ours,
    mongoose: mongooseUpsert(connection),
    "raw driver": (participants) =>
      raw.findOneAndUpdate(
        { participantsKey: participantsKey(participants) },
        { $setOnInsert: { participants: [...participants], createdAt: new Date() } },
        { upsert: true, returnDocument: "after", includeResultMetadata: true },
      ),
    "floor: raw findOne": (participants) => raw.findOne({ participantsKey: participantsKey(participants) }),
    async [Symbol.asyncDispose]() {
      await connection.close();
      await client.close();
      await own[Symbol.asyncDispose]();
    },
  };
}

function mongooseUpsert(connection: mongoose.Connection): Call {
  const schema = new mongoose.Schema(
    { participants: [String], participantsKey: String, createdAt: Date },
    { collection: "chats", versionKey: false, writeConcern: { w: "majority", j: true, wtimeout: 4_000 } },
  );
  const Chat = connection.model("Chat", schema);
  return async (participants) => {
    const key = participantsKey(participants);
    try {
      return await Chat.findOneAndUpdate(
        { participantsKey: key },
        { $setOnInsert: { participants, createdAt: new Date() } },
        { upsert: true, returnDocument: "after" },
      );
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === 11_000)) throw error;
      return Chat.findOne({ participantsKey: key });
    }
  };
}
