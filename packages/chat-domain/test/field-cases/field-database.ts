import { databaseName, testMongo } from "@onechat/mongo/testing";
import {
  type CreateCollectionOptions,
  type CreateIndexesOptions,
  type Db,
  type Document,
  type IndexSpecification,
  MongoClient,
  ObjectId,
} from "mongodb";
import { auditChats, type AuditOptions, type Finding } from "../../src/audit/index.ts";
import {
  type ChatContext,
  chatContext,
  type ChatContextOptions,
  type ChatModelInput,
} from "../../src/index.ts";
import {
  migrateUp,
  type MigrateUpOptions,
  type MigrationContext,
  migrationContext,
  MigrationError,
  type MigrationErrorCode,
  type MigrationEvent,
  type MigrationPlan,
  planMigration,
  purge,
  rollBack,
  type RollBackOptions,
  type RunOutcome,
} from "../../src/migrate/index.ts";
import { databaseImage } from "../migrate/database-image.ts";
import { withCollMod } from "./with-coll-mod.ts";

/** The id of the so-many-th chat: a smaller number is an older chat. */
export function id(number: number): ObjectId {
  return new ObjectId(number.toString(16).padStart(24, "0"));
}

/** An index as an application declares it. */
export interface FieldIndex {
  readonly collection: string;
  readonly key: IndexSpecification;
  readonly options?: CreateIndexesOptions;
}

export interface FieldCase {
  readonly model: ChatModelInput;
  /** Documents by collection. */
  readonly data?: Readonly<Record<string, readonly Document[]>>;
  /** `false` where the fields of references get no index beforehand. */
  readonly isIndexed?: boolean;
  /** Besides those on the fields of references. */
  readonly indexes?: readonly FieldIndex[];
  /** The server can give a validator to a collection that exists, as `seal` needs it to. */
  readonly collMod?: boolean;
  /** Collections that are more than their documents: with a validator, a view. */
  readonly collections?: Readonly<Record<string, CreateCollectionOptions>>;
}

/** How a command of the migration has ended, by the code with which the command line would end. */
export interface Ended {
  readonly exit: number;
  /** What it says: its outcome, or its error with all problems. */
  readonly text: string;
  /** What happened, as it happened. */
  readonly events: readonly MigrationEvent[];
}

export interface Planned extends Ended {
  readonly plan: MigrationPlan;
  readonly problems: string;
  readonly warnings: string;
}

export interface Verified {
  readonly exit: number;
  readonly findings: readonly Finding[];
  /** The chats that are told of, as text. */
  readonly chats: readonly string[];
}

/** A small application's database, and the commands one would type. Dropped at the end. */
export interface FieldDatabase extends AsyncDisposable {
  readonly db: Db;
  readonly migration: MigrationContext;
  /** The same database with another model, as of a second collection of chats. */
  beside(model: ChatModelInput): Omit<FieldDatabase, keyof AsyncDisposable>;
  plan(): Promise<Planned>;
  up(options?: MigrateUpOptions): Promise<Ended>;
  purge(): Promise<Ended>;
  verify(options?: AuditOptions): Promise<Verified>;
  rollback(options: RollBackOptions): Promise<Ended>;
  /** The new version of the application. */
  app(options?: Omit<ChatContextOptions, "model">): ChatContext;
  /** What the application itself writes. */
  insert(collection: string, ...documents: readonly Document[]): Promise<void>;
  change(collection: string, _id: unknown, update: Document): Promise<void>;
  /** Documents in order of their ids. */
  all(collection: string, filter?: Document): Promise<readonly Document[]>;
  one(collection: string, _id: unknown): Promise<Document>;
  /** Bytes and indexes of these collections. */
  image(...collections: readonly string[]): Promise<unknown>;
}

/** A run that makes no progress must not keep the test from telling so. */
const longestRunMs = 120_000;

export async function fieldDatabase(field: FieldCase): Promise<FieldDatabase> {
  const client = new MongoClient(testMongo().uri);
  const db = client.db(databaseName("field"));
  const database = commandsOf(db, field);
  await fill(db, field);
  return {
    ...database,
    async [Symbol.asyncDispose]() {
      await db.dropDatabase();
      await client.close();
    },
  };
}

function commandsOf(
  db: Db,
  { model, collMod = false }: FieldCase,
): Omit<FieldDatabase, keyof AsyncDisposable> {
  const events: MigrationEvent[] = [];
  const migration = migrationContext(collMod ? withCollMod(db) : db, {
    model,
    graceMs: 0,
    onEvent: (event) => void events.push(event),
  });
  const command = async (run: () => Promise<{ readonly outcome: RunOutcome }>): Promise<Ended> => {
    events.length = 0;
    return { ...(await ended(run)), events: [...events] };
  };
  const within = { maxRuntimeMs: longestRunMs };
  return {
    db,
    migration,
    beside: (other) => commandsOf(db, { model: other, collMod }),
    plan: () => planned(migration),
    up: (options) =>
      command(() => migrateUp(migration, { ...within, createReferenceIndexes: true, ...options })),
    purge: () => command(() => purge(migration, { ...within, confirmDrained: true })),
    verify: (options = {}) => verified(migration, options),
    rollback: (options) => command(() => rollBack(migration, { ...within, ...options })),
    app: (options = {}) => chatContext(db, { model, ...options }),
    insert: (collection, ...documents) => insertAll(db, collection, documents),
    async change(collection, _id, u) {
      await db.command({ update: collection, updates: [{ q: { _id }, u }] });
    },
    all: (collection, filter = {}) =>
      db
        .collection(collection)
        .find(filter, { sort: { _id: 1 } })
        .toArray(),
    async one(collection, _id) {
      const found = await db.collection(collection).findOne({ _id: { $eq: _id as ObjectId } });
      if (found === null) throw new Error(`${collection} has no ${String(_id)}`);
      return found;
    },
    image: (...collections) => databaseImage(db, collections),
  };
}

async function fill(
  db: Db,
  { model, data = {}, isIndexed = true, indexes = [], collections = {} }: FieldCase,
): Promise<void> {
  for (const [name, options] of Object.entries(collections)) await db.createCollection(name, options);
  if (isIndexed) await indexReferences(db, model);
  for (const { collection, key, options } of indexes)
    await db.collection(collection).createIndex(key, options);
  for (const [name, documents] of Object.entries(data)) await insertAll(db, name, documents);
}

/** No index serves the keys of a map. */
async function indexReferences(db: Db, { references = [] }: ChatModelInput): Promise<void> {
  for (const { collection, field } of references.filter((reference) => !reference.field.includes("$*"))) {
    await db.collection(collection).createIndex({ [field]: 1 });
  }
}

/** Ids of any type, which the driver's own insert does not expect; past a validator, as older documents are. */
async function insertAll(db: Db, collection: string, documents: readonly Document[]): Promise<void> {
  const withIds = documents.map((document) =>
    "_id" in document ? document : { _id: new ObjectId(), ...document },
  );
  if (withIds.length === 0) return;
  await db.command({ insert: collection, documents: withIds, bypassDocumentValidation: true });
}

const exitOfOutcome: Readonly<Record<RunOutcome, number>> = {
  done: 0,
  "nothing-to-do": 0,
  parked: 6,
  paused: 7,
  "out-of-time": 7,
  unsettled: 7,
  interrupted: 130,
};

const exitOfError: Readonly<Partial<Record<MigrationErrorCode, number>>> = {
  PREFLIGHT_REFUSED: 3,
  LOCKED: 75,
};

async function ended(
  run: () => Promise<{ readonly outcome: RunOutcome }>,
): Promise<Pick<Ended, "exit" | "text">> {
  try {
    const { outcome } = await run();
    return { exit: exitOfOutcome[outcome], text: outcome };
  } catch (error) {
    if (!(error instanceof MigrationError)) return { exit: 1, text: String(error) };
    return { exit: exitOfError[error.code] ?? 1, text: [error.message, ...error.problems].join("\n") };
  }
}

async function planned(ctx: MigrationContext): Promise<Planned> {
  const plan = await planMigration(ctx, { createReferenceIndexes: true });
  const exit = plan.problems.length > 0 ? 3 : plan.invalid.length > 0 ? 6 : 0;
  const [problems, warnings] = [plan.problems.join("\n"), plan.warnings.join("\n")];
  return { exit, text: `${problems}\n${warnings}`, problems, warnings, events: [], plan };
}

async function verified(ctx: MigrationContext, options: AuditOptions): Promise<Verified> {
  const findings: Finding[] = [];
  for await (const finding of auditChats(ctx, options)) findings.push(finding);
  const isWrong = findings.some(({ code }) => code !== "PARKED");
  return {
    exit: isWrong ? 5 : findings.length > 0 ? 6 : 0,
    findings,
    chats: findings.map(({ chat }) => String(chat)),
  };
}
