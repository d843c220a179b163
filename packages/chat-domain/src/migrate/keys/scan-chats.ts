import { type Filter, ObjectId } from "mongodb";
import { keyField, mergedIntoField, type StoredDocument } from "../../chat-document.ts";
import type { NativeId } from "../../native-id.ts";
import type { MigrationContext } from "../migration-context.ts";

export interface ScanRequest {
  readonly filter: Filter<StoredDocument>;
  /** The last chat of the batch before; the scan starts at its beginning unless given. */
  readonly after: NativeId | null;
  readonly limit: number;
  readonly range?: IdRange;
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
export function nextChats(ctx: MigrationContext, request: ScanRequest): Promise<StoredDocument[]> {
  const { filter, after, limit, range = {} } = request;
  const rest = after === null ? filter : { $and: [filter, { _id: { $ne: after } }] };
  // Bounds of the index, because comparisons in a filter see only ids of the same type.
  const min = after ?? range.from;
  return ctx.chats
    .find(rest, {
      projection: identityProjection(ctx),
      hint: { _id: 1 },
      sort: { _id: 1 },
      limit,
      ...(min === undefined ? {} : { min: { _id: min } }),
      ...(range.below === undefined ? {} : { max: { _id: range.below } }),
    })
    .toArray();
}

/** The chats with these ids, as {@link nextChats} reads them. */
export function chatsWithIds(ctx: MigrationContext, ids: readonly NativeId[]): Promise<StoredDocument[]> {
  return ctx.chats.find({ _id: { $in: [...ids] } }, { projection: identityProjection(ctx) }).toArray();
}

function identityProjection({ model }: MigrationContext): Readonly<Record<string, 1>> {
  const scope = model.chats.scope === null ? {} : { [model.chats.scope]: 1 as const };
  return { [model.chats.participants]: 1, ...scope, [keyField]: 1, [mergedIntoField]: 1 };
}
