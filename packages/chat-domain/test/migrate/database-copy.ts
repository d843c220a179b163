import type { Db } from "mongodb";

/**
 * Copies every collection into another database of the same server, indexes included: for trials that begin where an
 * earlier run has ended. Copied within the server, so every document keeps its bytes.
 */
export async function copyDatabase(from: Db, to: Db): Promise<void> {
  const collections = await from.listCollections({}, { nameOnly: true }).toArray();
  await Promise.all(collections.map(({ name }) => copyCollection(from, to, name)));
}

async function copyCollection(from: Db, to: Db, name: string): Promise<void> {
  await to.createCollection(name);
  const indexes = await from.collection(name).indexes();
  const own = indexes.filter((index) => index.name !== "_id_").map(({ v: _v, ...index }) => index);
  if (own.length > 0) await to.command({ createIndexes: name, indexes: own });
  const into = { db: to.databaseName, coll: name };
  await from
    .collection(name)
    .aggregate([{ $merge: { into } }])
    .toArray();
}
