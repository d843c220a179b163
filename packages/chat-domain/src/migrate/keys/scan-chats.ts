import { identityProjection } from "../../model/chat-document.ts";
import { type Document, type Filter, type FindOptions, ObjectId } from "mongodb";
import { isServerError } from "../../errors/mongo-errors.ts";
import type { NativeId } from "../../identity/native-id.ts";
import { type StoredDocument } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";

export interface ScanRequest {
  readonly filter: Filter<StoredDocument>;
  /** The last chat of the batch before; the scan starts at its beginning unless given. */
  readonly after: NativeId | null;
  readonly limit: number;
  readonly range?: IdRange;
  /** A projection of what else is told of each chat. */
  readonly shown?: Document;
}

/** A part of the `_id` index, over all types of ids in their BSON order. */
export interface IdRange {
  readonly from?: NativeId;
  /** Exclusive. */
  readonly below?: NativeId;
}

/** Every type of id that sorts before ObjectIds: numbers, text, UUIDs. */
export const idsBeforeObjectIds: IdRange = { below: new ObjectId("0".repeat(24)) };

/** ObjectIds that were made at this time or later, and types of ids that sort after them. */
export function objectIdsSince(time: Date): IdRange {
  return { from: ObjectId.createFromTime(Math.max(0, Math.floor(time.getTime() / 1_000))) };
}

/**
 * The next chats in `_id` order, with what tells who they are of. A fresh query per batch: no cursor lives longer than
 * it takes to read one.
 */
export async function nextChats(ctx: MigrationContext, request: ScanRequest): Promise<StoredDocument[]> {
  const { filter, after, limit, range = {}, shown = {} } = request;
  const rest = after === null ? filter : { $and: [filter, { _id: { $ne: after } }] };
  const bounds = boundsOf({ ...range, ...(after === null ? {} : { from: after }) });
  try {
    return await ctx.chats
      .find(rest, {
        projection: { ...identityProjection(ctx.model), ...shown },
        sort: { _id: 1 },
        limit,
        // Else the first answer has 101.
        batchSize: limit,
        ...bounds,
      })
      .toArray();
  } catch (error) {
    // The scan has come to its bound: what begins there does not begin before it.
    if (isServerError(error) && emptyBounds.has(error.code)) return [];
    throw error;
  }
}

/** All of these chats, batch by batch. */
export async function* chatBatches(
  ctx: MigrationContext,
  request: Pick<ScanRequest, "filter" | "limit" | "shown">,
): AsyncGenerator<readonly StoredDocument[]> {
  for (let after: NativeId | null = null; ;) {
    const chats: readonly StoredDocument[] = await nextChats(ctx, { ...request, after });
    const last = chats.at(-1);
    if (last === undefined) return;
    yield chats;
    // An _id may be null, after which there is no going on.
    if (chats.length < request.limit) return;
    after = last._id;
  }
}

const emptyBounds: ReadonlySet<number> = new Set([51_175, 6_137_401]);

/** The chat at the end of a range: who scans up to it comes to an end, however many are added meanwhile. */
export async function lastChat(
  ctx: MigrationContext,
  { filter, range = {} }: Pick<ScanRequest, "filter" | "range">,
): Promise<StoredDocument | null> {
  const options = { projection: identityProjection(ctx.model), sort: { _id: -1 } } as const;
  try {
    return await ctx.chats.findOne(filter, { ...options, ...boundsOf(range) });
  } catch (error) {
    if (!isServerError(error) || error.code !== onlyForward) throw error;
    return ctx.chats.findOne({ $and: [filter, within(range)] }, options);
  }
}

/** A clustered collection takes bounds in the order of ids alone. */
const onlyForward = 6_137_402;

/** The same as bounds, but each chat is looked at. */
function within({ from, below }: IdRange): Filter<StoredDocument> {
  const bounds = [
    ...(from === undefined ? [] : [{ $gte: ["$_id", { $literal: from }] }]),
    ...(below === undefined ? [] : [{ $lt: ["$_id", { $literal: below }] }]),
  ];
  return { $expr: { $and: bounds } };
}

/** Bounds of the index, because comparisons in a filter see only ids of the same type. */
function boundsOf({ from, below }: IdRange): FindOptions {
  return {
    hint: { _id: 1 },
    ...(from === undefined ? {} : { min: { _id: from } }),
    ...(below === undefined ? {} : { max: { _id: below } }),
  };
}

/** The chats with these ids, as {@link nextChats} reads them. */
export function chatsWithIds(ctx: MigrationContext, ids: readonly NativeId[]): Promise<StoredDocument[]> {
  return ctx.chats.find({ _id: { $in: [...ids] } }, { projection: identityProjection(ctx.model) }).toArray();
}
