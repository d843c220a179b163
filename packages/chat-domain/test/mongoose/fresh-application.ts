import { databaseName, testMongo } from "@onechat/mongo/testing";
import { type Db, MongoClient } from "mongodb";
import { type Connection, createConnection } from "mongoose";
import type { ChatModelInput } from "../../src/index.ts";
import { type MigrationContext, migrationContext, type MigrationOptions } from "../../src/migrate/index.ts";

/** Where the tutorial's application keeps its chats; `docs/migration.md` shows the same as a configuration file. */
export const tutorialModel: ChatModelInput = {
  chats: {
    collection: "chats",
    participants: "users",
    participantType: "objectId",
    where: { isGroupChat: false },
    scope: null,
  },
  references: [{ collection: "messages", field: "chat" }],
  fold: { createdAt: "min", updatedAt: "max", latestMessage: { newestBy: "updatedAt" } },
};

/** A database of its own, and as many processes of the application as a test wants. */
export interface FreshApplication extends AsyncDisposable {
  readonly uri: string;
  readonly name: string;
  /** Of onechat's own copy of the driver: see `driver-copies.db.test.ts`. */
  readonly db: Db;
  /** Another process, as far as Mongoose can tell: connections and models of its own. */
  process(): Promise<Connection>;
  migration(options?: MigrationOptions): MigrationContext;
}

export async function freshApplication(): Promise<FreshApplication> {
  const { uri } = testMongo();
  const name = databaseName("mongoose");
  const client = new MongoClient(uri);
  const db = client.db(name);
  const processes: Connection[] = [];
  return {
    uri,
    name,
    db,
    async process() {
      const connection = await createConnection(uri, { dbName: name }).asPromise();
      processes.push(connection);
      return connection;
    },
    migration: (options = {}) => migrationContext(db, { model: tutorialModel, graceMs: 20, ...options }),
    async [Symbol.asyncDispose]() {
      await Promise.all(processes.map((connection) => connection.close()));
      await db.dropDatabase();
      await client.close();
    },
  };
}
