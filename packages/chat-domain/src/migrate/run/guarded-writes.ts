import { BSON, type Db, type Document, MongoServerError } from "mongodb";
import { isServerError, isTransient } from "../../errors/mongo-errors.ts";
import { notReplicatedCode, timeLimitCode } from "../../errors/passing-errors.ts";
import type { Lease } from "./lease.ts";
import {
  ignoringTwins,
  noOutcome,
  type Refusal,
  refusalError,
  refusalOf,
  withAnswer,
  type WriteAnswer,
  type WriteOutcome,
} from "./write-outcome.ts";
import {
  type ChangeAsSeen,
  deleteInTime,
  insertInTime,
  mergeInTime,
  updateInTime,
  type UpdateStatement,
  type Upsert,
  upsertInTime,
  isPastDeadline,
  type WriteBound,
} from "./write-statements.ts";

/**
 * All writes of a migration: within a lease, majority-acknowledged and journaled, in any order within a call, and safe
 * to send twice. Raw commands, because the driver's bulk API leaves out which index refused a statement.
 */
export interface GuardedWrites {
  update(collection: string, statements: readonly (UpdateStatement | ChangeAsSeen)[]): Promise<WriteOutcome>;
  /** For records, which nothing but a twin of themselves can stand in the way of. */
  upsert(collection: string, upserts: readonly Upsert[]): Promise<void>;
  /** Inserts records that are not there yet; says how many. */
  insert(collection: string, records: readonly Readonly<Document>[]): Promise<number>;
  /** Says how many were deleted. */
  delete(collection: string, filters: readonly Readonly<Document>[]): Promise<number>;
  /** A pipeline that ends in `$merge`: documents are copied within the server, so every BSON type stays what it is. */
  merge(collection: string, pipeline: readonly Readonly<Document>[]): Promise<void>;
  /**
   * Takes as long as it takes: building an index, changing a validator. The server has no way to refuse it when it is
   * late; it changes no document.
   */
  administer(command: Readonly<Document>): Promise<void>;
}

const writeConcern = { w: "majority", j: true, wtimeout: 10_000 };
const statementsPerCommand = 1_000;
/** Of statements as they are given, a quarter of what a command may have: what keeps them in time comes on top. */
const bytesPerCommand = 4 * 1_024 * 1_024;

export function guardedWrites(db: Db, lease: Pick<Lease, "bound" | "renew">): GuardedWrites {
  const write = { db, lease };
  const update = <T>(
    collection: string,
    all: readonly T[],
    beforeDeadline: InTime<T>,
  ): Promise<WriteOutcome> =>
    inChunks(write, all, (chunk, bound) => ({
      update: collection,
      updates: chunk.map((one) => beforeDeadline(one, bound)),
      ordered: false,
    }));
  return {
    update: (collection, statements) => update(collection, statements, updateInTime),
    upsert: async (collection, upserts) =>
      void ignoringTwins(await update(collection, upserts, upsertInTime)),
    insert: async (collection, records) =>
      ignoringTwins(await update(collection, records, insertInTime)).changed,
    delete: async (collection, filters) => {
      const { n } = await inChunks(write, filters, (chunk, bound) => ({
        delete: collection,
        deletes: chunk.map((one) => deleteInTime(one, bound)),
        ordered: false,
      }));
      return n;
    },
    merge: (collection, pipeline) =>
      withinLease(lease, (bound) =>
        merged(db, { aggregate: collection, pipeline: mergeInTime(pipeline, bound), cursor: {} }, bound),
      ),
    administer: async (command) => {
      await lease.bound();
      replicated(await db.command({ ...command, writeConcern }));
    },
  };
}

async function send(db: Db, command: Readonly<Document>, { maxTimeMS }: WriteBound): Promise<WriteAnswer> {
  return replicated(await db.command({ ...command, writeConcern, maxTimeMS })) as unknown as WriteAnswer;
}

/** Whatever the reason is that a write is not safe yet, it is there and may be sent again. */
function replicated(answer: Document): Document {
  if (answer["writeConcernError"] === undefined) return answer;
  const message = "the write has not reached a majority yet";
  throw new MongoServerError({ code: notReplicatedCode, message });
}

async function merged(db: Db, command: Readonly<Document>, bound: WriteBound): Promise<"done" | "too late"> {
  try {
    await send(db, command, bound);
    return "done";
  } catch (error) {
    if (isServerError(error) && isPastDeadline(error)) return "too late";
    throw error;
  }
}

interface Write {
  readonly db: Db;
  readonly lease: Pick<Lease, "bound" | "renew">;
}

type InTime<T> = (statement: T, bound: WriteBound) => Readonly<Document>;

interface Placed<T> {
  readonly statement: T;
  /** Its position among all statements. */
  readonly at: number;
}

/**
 * Statement by statement, as some of a command may come in time and some too late: a router splits it, and servers differ
 * in whether they read the clock once for all of it.
 */
async function inChunks<T>(
  { db, lease }: Write,
  all: readonly T[],
  commandOf: InTime<readonly T[]>,
): Promise<WriteOutcome> {
  let outcome = noOutcome;
  for (const chunk of chunks(all)) {
    let open: readonly Placed<T>[] = chunk;
    await withinLease(lease, async (bound) => {
      const statements = open.map(({ statement }) => statement);
      const answer = await send(db, commandOf(statements, bound), bound);
      const { refusals, late } = judged(open, answer);
      outcome = withAnswer(outcome, answer, refusals);
      open = late;
      return open.length === 0 ? "done" : "too late";
    });
  }
  return outcome;
}

/** By number and by size: a command is one document, and a server ends the connection of whoever sends more. */
function* chunks<T>(all: readonly T[]): Generator<readonly Placed<T>[]> {
  let chunk: Placed<T>[] = [];
  let bytes = 0;
  for (const [at, statement] of all.entries()) {
    const size = BSON.calculateObjectSize({ statement });
    if (chunk.length === statementsPerCommand || (chunk.length > 0 && bytes + size > bytesPerCommand)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push({ statement, at });
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

/**
 * Which of the statements the server has refused for good, and which because they came too late.
 *
 * @throws MongoServerError when it could not do one of them just now: that says nothing of the document
 */
function judged<T>(sent: readonly Placed<T>[], { writeErrors = [] }: WriteAnswer) {
  const errors = new Map(writeErrors.map((error) => [error.index, error]));
  const refusals: Refusal[] = [];
  const late: Placed<T>[] = [];
  for (const [index, placed] of sent.entries()) {
    const error = errors.get(index);
    if (error === undefined) continue;
    const refusal = refusalOf(error, placed.at);
    const thrown = refusalError(refusal);
    if (isTransient(thrown)) throw thrown;
    if (isPastDeadline(refusal)) late.push(placed);
    else refusals.push(refusal);
  }
  return { refusals, late };
}

/** Clocks, or a network, may be such that no write is ever in time. */
const attempts = 5;

/**
 * Does again, under a new lease, what the server has refused because it came too late.
 *
 * @throws MigrationError `LEASE_LOST`
 * @throws MongoServerError as if it had taken too long, when it always comes too late
 */
async function withinLease(
  lease: Pick<Lease, "bound" | "renew">,
  write: (bound: WriteBound) => Promise<"done" | "too late">,
): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (attempt > 0) await lease.renew();
    if ((await write(await lease.bound())) === "done") return;
  }
  throw new MongoServerError({ code: timeLimitCode, message: "writes arrive later than the lease allows" });
}
