import { databaseName } from "@onechat/mongo/testing";
import type { MongoClient } from "mongodb";
import type { Databases } from "./world.ts";

/** Two empty databases that are gone afterwards. */
export async function inFreshDatabases(
  client: MongoClient,
  use: (databases: Databases) => Promise<void>,
): Promise<void> {
  const databases = { real: client.db(databaseName("real")), shadow: client.db(databaseName("shadow")) };
  try {
    await use(databases);
  } finally {
    await Promise.all([databases.real.dropDatabase(), databases.shadow.dropDatabase()]);
  }
}
