import type { Document } from "mongodb";
import { type StoredDocument, valueAt } from "../../chat-document.ts";
import type { FoldModel, FoldStrategy, ReferenceModel } from "../../merge-model.ts";
import type { NativeId } from "../../native-id.ts";
import { formsOf } from "./chat-forms.ts";
import type { UpdateStatement } from "../run/guarded-writes.ts";
import { collectionOf } from "./reference-indexes.ts";
import type { Run } from "../run/run.ts";

type Recount = Extract<FoldStrategy, { readonly recount: unknown }>["recount"];

/** Counts the counters of chats anew. */
export function recountChats(run: Run, chats: readonly NativeId[]): Promise<void> {
  const { model } = run.ctx;
  return recount(run, {
    collection: model.chats.collection,
    ids: chats,
    fold: model.fold,
    chatOf: ({ _id }) => _id,
  });
}

/** Counts the counters of referencing rows anew. */
export function recountRows(run: Run, model: ReferenceModel, rows: readonly NativeId[]): Promise<void> {
  const { collection, field, fold } = model;
  return recount(run, { collection, ids: rows, fold, chatOf: (row) => valueAt(row, field) as NativeId });
}

interface RecountRequest {
  readonly collection: string;
  readonly ids: readonly NativeId[];
  readonly fold: FoldModel;
  readonly chatOf: (document: StoredDocument) => NativeId;
}

/** How many counts are asked for at once. */
const lanes = 8;

async function recount(run: Run, { collection, ids, fold, chatOf }: RecountRequest): Promise<void> {
  const counters = countersOf(fold);
  if (counters.length === 0 || ids.length === 0) return;
  const documents = await collectionOf(run.ctx, collection)
    .find({ _id: { $in: [...ids] } })
    .toArray();
  for (let from = 0; from < documents.length; from += lanes) {
    const counted = await Promise.all(
      documents.slice(from, from + lanes).map(async (document) => ({
        id: document._id,
        counts: await Promise.all(
          counters.map(async (counter) => ({
            ...counter,
            count: await countFor(run, counter.recount, { document, chat: chatOf(document) }),
          })),
        ),
      })),
    );
    await run.write.update(
      "chat_originals",
      counted.map(({ id, counts }) => remembered(collection, id, counts)),
    );
    await run.write.update(
      collection,
      counted.map(({ id, counts }) => ({ q: { _id: id }, u: [{ $set: countersSet(counts) }] })),
    );
  }
}

interface Counter {
  readonly field: string;
  /** Its position in the model. */
  readonly position: number;
  readonly recount: Recount;
}

interface Counted extends Counter {
  readonly count: number;
}

export function countersOf(fold: FoldModel): readonly Counter[] {
  return Object.entries(fold).flatMap(([field, strategy], position) =>
    typeof strategy === "object" && "recount" in strategy
      ? [{ field, position, recount: strategy.recount }]
      : [],
  );
}

/** What a counter ought to say now. */
function countFor(
  run: Run,
  { collection, field, where, since }: Recount,
  { document, chat }: { readonly document: StoredDocument; readonly chat: NativeId },
): Promise<number> {
  const from = since === undefined ? undefined : valueAt(document, since.row);
  const later =
    since === undefined || from === undefined || from === null ? {} : { [since.counted]: { $gt: from } };
  return collectionOf(run.ctx, collection).countDocuments({
    $and: [where, later, { [field]: { $in: formsOf(chat) } }],
  });
}

/** Written before the counter is, so that a rollback knows the value for its own. */
function remembered(collection: string, id: NativeId, counts: readonly Counted[]): UpdateStatement {
  const values = counts.map(({ position, count }) => [`recounted.f${position}`, count] as const);
  return { q: { _id: { collection, id } }, u: { $set: Object.fromEntries(values) }, upsert: true };
}

/** A counter that is right already keeps its BSON type. */
function countersSet(counts: readonly Counted[]): Document {
  const set = counts.map(({ field, count }) => {
    const same = { $eq: [`$${field}`, count] };
    return [field, { $cond: [same, `$${field}`, count] }] as const;
  });
  return Object.fromEntries(set);
}
