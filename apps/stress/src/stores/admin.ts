import { reviveWhenStalled } from "@onechat/chat-domain/connect";
import { type Db, MongoClient } from "mongodb";
import { concerns, unlessGiven } from "./client.ts";

/** The harness's own connection: it prepares databases, reads them at the end, and takes no part in any race. */
export interface Admin extends AsyncDisposable {
  db(name: string): Db;
  /** @throws Error when the server does not answer in time */
  ping(): Promise<void>;
  /** One small write into a database of that name, in the way in which every variant writes. */
  write(name: string): Promise<void>;
  drop(name: string): Promise<void>;
}

/** @throws MongoParseError when `uri` is not a connection string */
export function openAdmin(uri: string): Admin {
  const options = { serverSelectionTimeoutMS: 5_000, connectTimeoutMS: 5_000, socketTimeoutMS: 120_000 };
  const client = new MongoClient(uri, unlessGiven(uri, { appName: "onechat-stress-admin", ...options }));
  const reviving = reviveWhenStalled(client);
  return {
    db: (name) => client.db(name),
    ping: async () => void (await client.db("admin").command({ ping: 1 })),
    async write(name) {
      const writes = client.db(name).collection<{ readonly _id: string }>("writes", concerns);
      await writes.updateOne({ _id: "last" }, { $inc: { count: 1 } }, { upsert: true });
    },
    drop: async (name) => void (await client.db(name).dropDatabase()),
    async [Symbol.asyncDispose]() {
      await reviving[Symbol.asyncDispose]();
      await client.close();
    },
  };
}
