import { createHash, type Hash } from "node:crypto";
import type { Collection, Db } from "mongodb";

export interface HashedCollections {
  readonly only?: readonly string[];
  readonly except?: readonly string[];
}

/** For each collection the SHA-256 of its documents' bytes in the order of `_id`, and of its indexes. */
export async function databaseHash(
  db: Db,
  { only, except = [] }: HashedCollections = {},
): Promise<Record<string, string>> {
  const collections = await db.listCollections({ type: "collection" }, { nameOnly: true }).toArray();
  const names = collections
    .map(({ name }) => name)
    .filter((name) => !name.startsWith("system.") && !except.includes(name))
    .filter((name) => only?.includes(name) ?? true)
    .toSorted();
  const hashes: Record<string, string> = {};
  for (const name of names) {
    const hash = createHash("sha256");
    await hashDocuments(hash, db.collection(name));
    await hashIndexes(hash, db.collection(name));
    hashes[name] = hash.digest("hex");
  }
  return hashes;
}

async function hashDocuments(hash: Hash, collection: Collection): Promise<void> {
  const documents = collection.find({}, { raw: true, sort: { _id: 1 }, batchSize: 1000 });
  for await (const bytes of documents) hash.update(rawBytes(bytes));
}

/** With `raw` the driver returns buffers, whatever its types say. */
function rawBytes(document: unknown): Uint8Array {
  if (document instanceof Uint8Array) return document;
  throw new TypeError("the driver returned a document instead of its bytes");
}

async function hashIndexes(hash: Hash, collection: Collection): Promise<void> {
  const indexes = await collection.listIndexes().toArray();
  const definitions = indexes
    .map(({ ns: _ns, ...definition }): [string, string] => [
      String(definition["name"]),
      JSON.stringify(definition),
    ])
    .toSorted(([left], [right]) => (left < right ? -1 : 1));
  hash.update(JSON.stringify(definitions));
}
