import { databaseName, testMongo } from "@onechat/mongo/testing";
import { type ChatConnection, connect, type ConnectOptions } from "../src/connect/index.ts";
import { ensureIndexesIfEmpty } from "../src/index.ts";

/** A connection to a database of its own, with indexes, dropped at the end: `await using chats = await freshDatabase()`. */
export async function freshDatabase(options: Partial<ConnectOptions> = {}): Promise<ChatConnection> {
  const connection = connect({ uri: testMongo().uri, database: databaseName("domain"), ...options });
  await ensureIndexesIfEmpty(connection);
  return {
    ...connection,
    async [Symbol.asyncDispose]() {
      await connection.db.dropDatabase();
      await connection[Symbol.asyncDispose]();
    },
  };
}
