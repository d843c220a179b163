import { recordName } from "../../../model/own-names.ts";
import type { Document } from "mongodb";
import type { NativeId } from "../../../identity/native-id.ts";
import { participantIdOrNull } from "../../../identity/participant-id.ts";
import { formsOf } from "../../../identity/stored-ids.ts";
import type { FoldStrategy } from "../../../model/fold-strategy.ts";
import type { FoldModel, ReferenceModel } from "../../../model/merge-model.ts";
import { fieldAt, fieldWith, rootsOf } from "../../../model/nested-fields.ts";
import { rootOf, type StoredDocument, valueAt } from "../../../model/stored-document.ts";
import { collectionOf } from "../../context/migration-context.ts";
import { assertFolded } from "./changed-document.ts";
import type { Run } from "../../run/run.ts";
import type { Upsert } from "../../run/write-statements.ts";

type Recount = Extract<FoldStrategy, { readonly recount: unknown }>["recount"];

/** Counts the counters of chats anew. */
export function recountChats(run: Run, chats: readonly NativeId[]): Promise<void> {
  const { model } = run.ctx;
  return recount(run, {
    collection: model.chats.collection,
    ids: chats,
    fold: model.fold,
    valuesOf: (documents, toField) => Promise.resolve(documents.map((chat) => valueAt(chat, toField))),
  });
}

/** Counts the counters of referencing rows anew. */
export function recountRows(run: Run, model: ReferenceModel, rows: readonly NativeId[]): Promise<void> {
  const { collection, fold } = model;
  return recount(run, {
    collection,
    ids: rows,
    fold,
    valuesOf: (documents, toField) => valuesOfRows(run, { model, rows: documents, toField }),
  });
}

interface RecountRequest {
  readonly collection: string;
  readonly ids: readonly NativeId[];
  readonly fold: FoldModel;
  /** By which field of a chat something refers to it: what the chats of these documents hold there. */
  readonly valuesOf: (documents: readonly StoredDocument[], toField: string) => Promise<readonly unknown[]>;
}

interface RowsRequest {
  readonly model: ReferenceModel;
  readonly rows: readonly StoredDocument[];
  readonly toField: string;
}

/** Rows may refer to their chats by another field than what is counted. */
async function valuesOfRows(
  { ctx }: Run,
  { model, rows, toField }: RowsRequest,
): Promise<readonly unknown[]> {
  const held = rows.map((row) => withoutPrefix(valueAt(row, model.field), model.prefix));
  if (toField === model.toField) return held;
  const forms = held.flatMap((value) => formsOf(value as NativeId));
  const projection = { [rootOf(model.toField)]: 1, [rootOf(toField)]: 1 };
  const chats = await ctx.chats.find({ [model.toField]: { $in: forms } }, { projection }).toArray();
  const byText = new Map(chats.map((chat) => [participantIdOrNull(valueAt(chat, model.toField)), chat]));
  return held.map((value) => {
    const chat = byText.get(participantIdOrNull(value));
    return chat === undefined ? undefined : valueAt(chat, toField);
  });
}

function withoutPrefix(value: unknown, prefix: string): unknown {
  return typeof value === "string" && value.startsWith(prefix) ? value.slice(prefix.length) : value;
}

/** How many documents are counted for in one command; others may write between a count and its being stored. */
const countedAtOnce = 50;

async function recount(run: Run, request: RecountRequest): Promise<void> {
  const { collection, ids, fold } = request;
  const counters = countersOf(fold);
  if (counters.length === 0 || ids.length === 0) return;
  const documents = await collectionOf(run.ctx, collection)
    .find({ _id: { $in: [...ids] } })
    .toArray();
  for (let from = 0; from < documents.length; from += countedAtOnce) {
    const some = documents.slice(from, from + countedAtOnce);
    await storeCounts(run, collection, await countedDocuments(run, request, some));
  }
}

interface CountedDocument {
  readonly document: StoredDocument;
  readonly id: NativeId;
  readonly counts: readonly Counted[];
}

async function countedDocuments(
  run: Run,
  { fold, valuesOf }: RecountRequest,
  documents: readonly StoredDocument[],
): Promise<readonly CountedDocument[]> {
  const counters = countersOf(fold);
  const counts = await Promise.all(
    counters.map(async ({ recount: how }) => {
      const ways = referencesOf(run, how);
      const values = await Promise.all(ways.map(({ toField }) => valuesOf(documents, toField)));
      const filters = documents.map((document, at) => {
        const forms = ways.flatMap(({ prefix }, way) => storedForms(values[way]?.[at], prefix));
        return countedBy(how, { document, forms });
      });
      return countAll(run, how.collection, filters);
    }),
  );
  return documents.map((document, at) => ({
    document,
    id: document._id,
    counts: counters.map((counter, which) => ({ ...counter, count: counts[which]?.[at] ?? 0 })),
  }));
}

/** What is counted refers to its chat as the references of that field do. */
function referencesOf(
  { ctx }: Run,
  { collection, field }: Recount,
): readonly Pick<ReferenceModel, "toField" | "prefix">[] {
  const named = ctx.model.references.filter((one) => one.collection === collection && one.field === field);
  const moved = named.filter(({ leave }) => leave !== true);
  if (moved.length > 0) return moved;
  return named.length > 0 ? named : [{ toField: "_id", prefix: "" }];
}

function storedForms(value: unknown, prefix: string): readonly unknown[] {
  const text = participantIdOrNull(value);
  if (text === null || text === "") return [];
  return prefix === "" ? formsOf(value as NativeId) : [`${prefix}${text}`];
}

async function storeCounts(run: Run, collection: string, counted: readonly CountedDocument[]): Promise<void> {
  await run.write.upsert(
    recordName(run.ctx.model, "chat_originals"),
    counted.map(({ id, counts }) => countSaved(collection, id, counts)),
  );
  const { refusals } = await run.write.update(
    collection,
    counted
      .filter(({ document, counts }) => counts.some(({ field, count }) => valueAt(document, field) !== count))
      .map(({ id, counts }) => ({ q: { _id: id }, u: [{ $set: countersSet(counts) }] })),
  );
  assertFolded(collection, refusals);
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

/** What a counter counts. */
function countedBy(
  { field, where, since }: Recount,
  { document, forms }: { readonly document: StoredDocument; readonly forms: readonly unknown[] },
): Document {
  const from = since === undefined ? undefined : valueAt(document, since.row);
  const later =
    since === undefined || from === undefined || from === null ? {} : { [since.counted]: { $gt: from } };
  return { $and: [where, later, { [field]: { $in: forms } }] };
}

/** How many documents each filter matches, asked for in one command. */
async function countAll(
  run: Run,
  collection: string,
  filters: readonly Document[],
): Promise<readonly number[]> {
  const [first, ...others] = filters.map((filter, which) => [
    { $match: filter },
    { $group: { _id: { $literal: which }, count: { $sum: 1 } } },
  ]);
  if (first === undefined) return [];
  const unions = others.map((pipeline) => ({ $unionWith: { coll: collection, pipeline } }));
  const found = await collectionOf(run.ctx, collection)
    .aggregate<{ readonly _id: number; readonly count: number }>([...first, ...unions])
    .toArray();
  const counts = new Map(found.map(({ _id, count }) => [_id, count]));
  return filters.map((_, which) => counts.get(which) ?? 0);
}

/** Written before the counter is, so that a rollback knows the value for its own. */
function countSaved(collection: string, id: NativeId, counts: readonly Counted[]): Upsert {
  const values = counts.map(({ position, count }) => [`recounted.f${position}`, count] as const);
  return { _id: { collection, id }, set: Object.fromEntries(values) };
}

/** A counter that is right already keeps its BSON type. */
function countersSet(counts: readonly Counted[]): Document {
  const values = counts.map(({ field, count }) => {
    const current = fieldAt("$", field);
    return [field, { $cond: [{ $eq: [current, count] }, current, count] }] as const;
  });
  const roots = rootsOf(values.map(([field]) => field));
  return Object.fromEntries(roots.map((root) => [root, fieldWith(`$${root}`, root, values)]));
}
