import { type Db, type Document, MongoServerError } from "mongodb";
import type { Lease } from "./lease.ts";

/** One update: `q` selects, `u` changes. */
export interface UpdateStatement {
  readonly q: Readonly<Document>;
  readonly u: Readonly<Document> | readonly Readonly<Document>[];
  readonly multi?: boolean;
  readonly upsert?: boolean;
}

/** Why the server did not do one statement; the others are done. */
export interface Refusal {
  /** Its position among the statements. */
  readonly index: number;
  readonly code: number;
  readonly message: string;
  /** Of a duplicate key: the fields of the index, and what they hold. */
  readonly keyPattern: Readonly<Document>;
  readonly keyValue: Readonly<Document>;
}

export interface WriteOutcome {
  /** Documents matched (update, upserts included), inserted, or deleted. */
  readonly n: number;
  /** Documents that are not what they were: modified and upserted. */
  readonly changed: number;
  readonly refusals: readonly Refusal[];
}

/**
 * All writes of a migration: under a lease, majority-acknowledged and journaled, in any order within a call, and safe
 * to send twice. Raw commands, because the driver's bulk API leaves out which index refused a statement.
 */
export interface GuardedWrites {
  update(collection: string, statements: readonly UpdateStatement[]): Promise<WriteOutcome>;
  insert(collection: string, documents: readonly Readonly<Document>[]): Promise<WriteOutcome>;
  delete(collection: string, filters: readonly Readonly<Document>[]): Promise<WriteOutcome>;
  /** A pipeline that ends in `$merge`: documents are copied within the server, so every BSON type stays what it is. */
  merge(collection: string, pipeline: readonly Readonly<Document>[]): Promise<void>;
  /** Takes as long as it takes: building an index, changing a validator. */
  administer(command: Readonly<Document>): Promise<void>;
}

const writeConcern = { w: "majority", j: true, wtimeout: 10_000 };
const statementsPerCommand = 1_000;
export const duplicateKeyCode = 11_000;

export function guardedWrites(db: Db, lease: Pick<Lease, "bound">): GuardedWrites {
  const send = async (command: Readonly<Document>): Promise<Document> => {
    const result: Document = await db.command({ ...command, writeConcern, ...(await lease.bound()) });
    const late: unknown = result["writeConcernError"];
    if (late !== undefined)
      throw new MongoServerError({ code: 64, message: "the write has not reached a majority yet" });
    return result;
  };
  const inChunks = async <T>(
    all: readonly T[],
    command: (chunk: readonly T[]) => Readonly<Document>,
  ): Promise<WriteOutcome> => {
    let n = 0;
    let changed = 0;
    const refusals: Refusal[] = [];
    for (let from = 0; from < all.length; from += statementsPerCommand) {
      const result = await send(command(all.slice(from, from + statementsPerCommand)));
      n += Number(result["n"]);
      changed +=
        Number(result["nModified"] ?? 0) +
        ((result["upserted"] as readonly unknown[] | undefined)?.length ?? 0);
      refusals.push(...refusalsOf(result, from));
    }
    return { n, changed, refusals };
  };
  return {
    update: (collection, statements) =>
      inChunks(statements, (chunk) => ({ update: collection, updates: chunk.map(hinted), ordered: false })),
    insert: (collection, all) =>
      inChunks(all, (documents) => ({ insert: collection, documents, ordered: false })),
    delete: (collection, filters) =>
      inChunks(filters, (chunk) => ({
        delete: collection,
        deletes: chunk.map((q) => ({ q, limit: 1 })),
        ordered: false,
      })),
    merge: async (collection, pipeline) => void (await send({ aggregate: collection, pipeline, cursor: {} })),
    administer: async (command) => {
      await lease.bound();
      await db.command({ ...command, writeConcern });
    },
  };
}

/** By `_id` there is one right plan: without the hint the server tries all indexes against each other, every time. */
function hinted(statement: UpdateStatement): Readonly<Document> {
  const { q, upsert } = statement;
  const more = Object.keys(q).length > 1;
  return "_id" in q && more && upsert !== true ? { ...statement, hint: { _id: 1 } } : statement;
}

interface WireWriteError {
  readonly index: number;
  readonly code: number;
  readonly errmsg: string;
  readonly keyPattern?: Document;
  readonly keyValue?: Document;
}

function refusalsOf(result: Document, from: number): readonly Refusal[] {
  const errors = (result["writeErrors"] ?? []) as readonly WireWriteError[];
  return errors.map(({ index, code, errmsg, keyPattern, keyValue }) => ({
    index: from + index,
    code,
    message: errmsg,
    keyPattern: keyPattern ?? {},
    keyValue: keyValue ?? {},
  }));
}

/**
 * What remains when repeats of idempotent inserts and upserts are taken away: the document was there already.
 *
 * @throws MongoServerError for any other refusal
 */
export function ignoringTwins({ refusals }: WriteOutcome): void {
  const other = refusals.find(({ code }) => code !== duplicateKeyCode);
  if (other !== undefined) throw refusalError(other);
}

export function refusalError({ code, message }: Refusal): MongoServerError {
  return new MongoServerError({ code, message });
}
