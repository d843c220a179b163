import type { Db } from "mongodb";
import { legacyBatches } from "./legacy-batches.ts";
import type { LegacyBatch } from "./legacy-document.ts";
import { legacyIndexes } from "./legacy-indexes.ts";
import type { LegacyDataOptions } from "./legacy-options.ts";
import { type LegacySummary, legacySummary } from "./legacy-summary.ts";

/** Fills an empty database: the documents, then the application's own indexes. */
export async function fillDatabase(db: Db, options: LegacyDataOptions): Promise<LegacySummary> {
  const counts: Record<string, number> = {};
  let insertion = Promise.resolve();
  for (const batch of legacyBatches(options)) {
    // The next batch is generated while the server works on this one.
    await insertion;
    insertion = insertBatch(db, batch);
    counts[batch.collection] = (counts[batch.collection] ?? 0) + batch.documents.length;
  }
  await insertion;
  for (const { collection, key, options: indexOptions } of legacyIndexes(options.shape)) {
    await db.collection(collection).createIndex({ ...key }, indexOptions);
  }
  return legacySummary(options, counts);
}

async function insertBatch(db: Db, { collection, documents }: LegacyBatch): Promise<void> {
  // Generated data can be generated again: nothing waits for the journal.
  await db.collection(collection).insertMany([...documents], {
    ordered: false,
    writeConcern: { w: 1, journal: false },
  });
}
