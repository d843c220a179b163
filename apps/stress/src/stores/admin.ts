import type { Db } from "mongodb";
import { concerns, connected } from "./client.ts";

/** The harness's own connection: it prepares databases, reads them at the end, and takes no part in any race. */
export interface Admin extends AsyncDisposable {
  db(name: string): Db;
  /** @throws Error when the server does not answer in time */
  ping(): Promise<void>;
  /** One small write into a database of that name, in the way in which every variant writes. */
  write(name: string): Promise<void>;
  drop(name: string): Promise<void>;
}

export function openAdmin(uri: string): Admin {
  const { client, ...connection } = connected(uri, {
    appName: "onechat-stress-admin",
    serverSelectionTimeoutMS: 5_000,
    connectTimeoutMS: 5_000,
    socketTimeoutMS: 120_000,
  });
  return {
    ...connection,
    db: (name) => client.db(name),
    ping: async () => void (await client.db("admin").command({ ping: 1 })),
    async write(name) {
      const writes = client.db(name).collection<{ readonly _id: string }>("writes", concerns);
      await writes.updateOne({ _id: "last" }, { $inc: { count: 1 } }, { upsert: true });
    },
    drop: async (name) => void (await client.db(name).dropDatabase()),
  };
}
