import { readFileSync } from "node:fs";
import { BSON, type Db, type Document } from "mongodb";

/** A whole database as a file of Extended JSON: every type is what it was, byte by byte. */
export type DatabaseDump = Readonly<Record<string, CollectionDump>>;

interface CollectionDump {
  readonly options?: Document;
  /** Besides that on `_id`. */
  readonly indexes: readonly Document[];
  readonly documents: readonly Document[];
}

export function readDump(name: string): DatabaseDump {
  const file = new URL(`earlier-version/${name}.json`, import.meta.url);
  return BSON.EJSON.parse(readFileSync(file, "utf8"), { relaxed: false }) as DatabaseDump;
}

export async function loadDump(db: Db, dump: DatabaseDump): Promise<void> {
  for (const [name, { options = {}, indexes, documents }] of Object.entries(dump)) {
    await db.createCollection(name, options);
    if (indexes.length > 0) await db.command({ createIndexes: name, indexes });
    if (documents.length > 0) {
      await db.command({ insert: name, documents, bypassDocumentValidation: true });
    }
  }
}
