import { connect } from "@onechat/chat-domain/connect";
import { databaseName, testMongo } from "@onechat/mongo/testing";

type Connection = ReturnType<typeof connect>;

/** A database of a test's own, and what a program has to be told to use it. */
export interface ExampleDatabase extends AsyncDisposable {
  readonly db: Connection["db"];
  readonly env: Readonly<Record<"MONGODB_URI" | "MONGODB_DB", string>>;
}

export function exampleDatabase(label: string): ExampleDatabase {
  const [uri, database] = [testMongo().uri, databaseName(label)];
  const connection = connect({ uri, database });
  return {
    db: connection.db,
    env: { MONGODB_URI: uri, MONGODB_DB: database },
    async [Symbol.asyncDispose]() {
      await connection.db.dropDatabase();
      await connection[Symbol.asyncDispose]();
    },
  };
}
