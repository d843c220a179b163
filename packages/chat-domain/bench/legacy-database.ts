import { randomBytes } from "node:crypto";
import {
  fillDatabase,
  type LegacyConfig,
  legacyConfig,
  type LegacyDataOptions,
  type LegacySummary,
} from "@onechat/legacy-data";
import type { Db, MongoClient } from "mongodb";
import { type MigrationContext, migrationContext, type MigrationOptions } from "../src/migrate/index.ts";

/** Legacy chats in a database of their own, dropped at the end. */
export interface LegacyDatabase extends AsyncDisposable {
  readonly db: Db;
  readonly config: LegacyConfig;
  readonly summary: LegacySummary;
  /** A migration of this database that does not wait before its sweeps: nobody else is writing. */
  migration(options?: MigrationOptions): MigrationContext;
}

export async function legacyDatabase(
  client: MongoClient,
  options: LegacyDataOptions,
): Promise<LegacyDatabase> {
  const db = client.db(`bench_${randomBytes(6).toString("hex")}`);
  const config = legacyConfig(options.shape);
  const summary = await fillDatabase(db, options);
  return {
    db,
    config,
    summary,
    migration: (more = {}) => migrationContext(db, { model: config, graceMs: 0, ...more }),
    async [Symbol.asyncDispose]() {
      await db.dropDatabase();
    },
  };
}
