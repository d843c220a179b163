import { refuseUnknown } from "../../driver/known-options.ts";
import { majorityRead } from "../../store/majority.ts";
import { wholeNumber } from "../../store/whole-number.ts";
import { recordName } from "../../model/own-names.ts";
import { hostname } from "node:os";
import type { Collection, Db } from "mongodb";
import { ownValues } from "../../driver/bson-copies.ts";
import { type AnyDb, ownDatabase } from "../../driver/own-database.ts";
import { ChatModel, type ChatModelInput } from "../../model/chat-model.ts";
import type { StoredDocument } from "../../model/stored-document.ts";
import type { MigrationEvent } from "./migration-event.ts";
import { type MigrationRecords, migrationRecords } from "./migration-records.ts";

export interface MigrationOptions {
  readonly model?: ChatModelInput;
  /** Told what happens, as it happens. */
  readonly onEvent?: (event: MigrationEvent) => void;
  /** How long a lease lasts without a heartbeat, in milliseconds; 30,000 unless given. */
  readonly leaseMs?: number;
  /** Documents per batch: where to begin and the bounds; 500, 20 and 5,000 unless given. */
  readonly batch?: { readonly start?: number; readonly min?: number; readonly max?: number };
  /** What one batch should take, in milliseconds; 500 unless given. */
  readonly batchMs?: number;
  /** How long settle waits before each sweep, in milliseconds; 5,000 unless given. */
  readonly graceMs?: number;
  /** Replication lag above which a run pauses, in milliseconds; 5,000 unless given. */
  readonly maxLagMs?: number;
  /** How long a run goes on trying while the database does not answer, in milliseconds; 60,000 unless given. */
  readonly patienceMs?: number;
  /** The clock that dates tombstones and records. */
  readonly now?: () => Date;
}

const optionNames = {
  model: true,
  onEvent: true,
  leaseMs: true,
  batch: true,
  batchMs: true,
  graceMs: true,
  maxLagMs: true,
  patienceMs: true,
  now: true,
} satisfies Record<keyof MigrationOptions, true>;

/** What every verb of the migration gets first, decided once. */
export interface MigrationContext {
  readonly db: Db;
  readonly model: ChatModel;
  readonly chats: Collection<StoredDocument>;
  readonly redirects: Collection<StoredDocument>;
  readonly records: MigrationRecords;
  readonly emit: (event: MigrationEvent) => void;
  readonly host: string;
  readonly leaseMs: number;
  readonly batch: { readonly start: number; readonly min: number; readonly max: number };
  readonly batchMs: number;
  readonly graceMs: number;
  readonly maxLagMs: number;
  readonly patienceMs: number;
  readonly now: () => Date;
}

/**
 * The context of a migration over a driver connection. Reads see only what has reached a majority.
 *
 * @param anyDb of any copy of the driver, 6.8 or newer: `mongoose.connection.db` too
 * @throws TypeError when it is no such Db
 * @throws ZodError when `model` is not a {@link ChatModel}
 * @throws RangeError when a duration or a batch size is not a positive whole number
 * @example
 * ```ts
 * import { migrateUp, migrationContext } from "@onechat/chat-domain/migrate";
 * import type { Db } from "mongodb";
 *
 * export async function migrate(db: Db): Promise<void> {
 *   const migration = migrationContext(db, { model: { chats: { participants: "users", scope: null } } });
 *   await migrateUp(migration);
 * }
 * ```
 */
export function migrationContext(anyDb: AnyDb, options: MigrationOptions = {}): MigrationContext {
  refuseUnknown("migrationContext", options, optionNames);
  const { db } = ownDatabase(anyDb);
  const model = ChatModel.parse(ownValues(options.model ?? {}));
  return {
    db,
    model,
    chats: db.collection(model.chats.collection, majorityRead),
    redirects: db.collection(recordName(model, "chat_redirects"), majorityRead),
    records: migrationRecords(db, model),
    emit: options.onEvent ?? (() => undefined),
    host: hostname(),
    now: options.now ?? (() => new Date()),
    ...pace(options),
  };
}

/** How fast a migration goes, and how long it waits for what. */
type Pace = Pick<MigrationContext, "leaseMs" | "batch" | "batchMs" | "graceMs" | "maxLagMs" | "patienceMs">;

const defaultPace: Pace = {
  leaseMs: 30_000,
  batch: { start: 500, min: 20, max: 5_000 },
  batchMs: 500,
  graceMs: 5_000,
  maxLagMs: 5_000,
  patienceMs: 60_000,
};

function pace({ batch, ...given }: MigrationOptions): Pace {
  const bounds = { ...defaultPace.batch, ...batch };
  for (const [name, size] of Object.entries(bounds)) wholeNumber(`batch.${name}`, size);
  const durations = (["leaseMs", "batchMs", "graceMs", "maxLagMs", "patienceMs"] as const).map((name) => {
    const value = given[name] ?? defaultPace[name];
    return [name, wholeNumber(name, value, name === "graceMs" ? 0 : 1)] as const;
  });
  return { ...defaultPace, ...Object.fromEntries(durations), batch: bounds };
}

export function collectionOf(ctx: MigrationContext, name: string): Collection<StoredDocument> {
  return ctx.db.collection(name, majorityRead);
}
