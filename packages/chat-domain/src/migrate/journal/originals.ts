import { recordName } from "../../model/own-names.ts";
import { type Expression, rootsOf } from "../../model/nested-fields.ts";
import { type Document, ObjectId } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import type { FoldModel } from "../../model/merge-model.ts";
import type { Run } from "../run/run.ts";
import { rootOf } from "../../model/stored-document.ts";
import { isMissing } from "../run/write-statements.ts";

/** Saves keys that stood in chats before the migration, and where. Only what is not saved yet. */
export async function saveOriginalKeys(run: Run, ids: readonly NativeId[]): Promise<void> {
  if (ids.length === 0) return;
  const collection = run.ctx.model.chats.collection;
  const names = { $map: { input: { $objectToArray: "$$ROOT" }, in: "$$this.k" } };
  const next = {
    $let: {
      vars: { names },
      in: {
        $ifNull: [
          {
            $arrayElemAt: [
              "$$names",
              { $add: [{ $indexOfArray: ["$$names", run.ctx.model.chats.keyField] }, 1] },
            ],
          },
          null,
        ],
      },
    },
  };
  await saveOriginals(run, {
    collection,
    ids,
    filter: { [run.ctx.model.chats.keyField]: { $exists: true } },
    parts: { key: { value: `$${run.ctx.model.chats.keyField}`, followedBy: next } },
  });
}

/** Saves the fields that a merge is about to fold, top-level fields as a whole. Only what is not saved yet. */
export async function saveOriginalFields(
  run: Run,
  { collection, ids, fold }: { collection: string; ids: readonly NativeId[]; fold: FoldModel },
): Promise<void> {
  const names = rootsOf(Object.keys(fold));
  if (names.length === 0 || ids.length === 0) return;
  const document = Object.fromEntries(names.map((name) => [name, `$${name}`]));
  const parts = { folded: { names: { $literal: names }, document } };
  await saveOriginals(run, { collection, ids, filter: {}, parts, earlier: "fields" });
}

interface OriginalArrays {
  readonly collection: string;
  readonly ids: readonly NativeId[];
  readonly field: string;
  /** The whole top-level field, where the ids lie inside an array of documents or are the keys of a map. */
  readonly isWhole?: boolean;
}

/** Saves arrays of chat ids before the first loser is taken from them. Only what is not saved yet. */
export async function saveOriginalArrays(
  run: Run,
  { collection, ids, field, isWhole = false }: OriginalArrays,
): Promise<void> {
  if (ids.length === 0) return;
  await saveOriginals(run, {
    collection,
    ids,
    filter: {},
    parts: { [arrayPart(field)]: `$${isWhole ? rootOf(field) : field}` },
  });
}

/** Where the original of an array is kept; a dot would make a path of it. */
export function arrayPart(field: string): `array:${string}` {
  return `array:${field.replaceAll(".", "/")}`;
}

/** Beside it: what a later move had found, and the original as it was before. */
export function laterPart(field: string): `later:${string}` {
  return `later:${field.replaceAll(".", "/")}`;
}

interface OriginalParts {
  readonly collection: string;
  readonly ids: readonly NativeId[];
  readonly filter: Readonly<Document>;
  /** Expressions by name; the first tells whether they are saved already. */
  readonly parts: Readonly<Record<string, Expression>>;
  /** The part as which an earlier version has saved the same. */
  readonly earlier?: string;
}

async function saveOriginals(run: Run, originals: OriginalParts): Promise<void> {
  const { collection, ids, filter, parts, earlier } = originals;
  const names = Object.keys(parts);
  const isNew = { $and: [names[0] ?? "", earlier ?? []].flat().map(isMissing) };
  const set = names.map((name) => [name, { $cond: [isNew, `$$new.${name}`, `$${name}`] }] as const);
  await run.write.merge(collection, [
    { $match: { _id: { $in: ids }, ...filter } },
    { $project: { _id: { collection: { $literal: collection }, id: "$_id" }, ...parts } },
    {
      $merge: {
        into: recordName(run.ctx.model, "chat_originals"),
        on: "_id",
        whenMatched: [{ $set: Object.fromEntries(set) }],
        whenNotMatched: "insert",
      },
    },
  ]);
}

/** Saves in which chats the migration sets `unkeyedAt`. Written before it does. */
export async function saveUnkeyed(run: Run, ids: readonly NativeId[]): Promise<void> {
  const collection = run.ctx.model.chats.collection;
  await run.write.upsert(
    recordName(run.ctx.model, "chat_originals"),
    ids.map((id) => ({ _id: { collection, id }, set: { unkeyedAt: true } })),
  );
}

/** What is saved of a fold. */
export const foldParts = ["folded", "fields", "roots", "recounted"] as const;

/** Deletes parts of originals that have been given back, and what then is empty. */
export async function deleteOriginals(
  run: Run,
  { collection, ids, parts }: { collection: string; ids: readonly NativeId[]; parts: readonly string[] },
): Promise<void> {
  const unset = Object.fromEntries(parts.map((part) => [part, ""]));
  const records = ids.map((id) => ({ _id: { collection, id } }));
  await run.write.update(
    recordName(run.ctx.model, "chat_originals"),
    records.map((q) => ({ q, u: { $unset: unset } })),
  );
  const empty = { $expr: { $eq: [{ $size: { $objectToArray: "$$ROOT" } }, 1] } };
  await run.write.delete(
    recordName(run.ctx.model, "chat_originals"),
    records.map((q) => ({ ...q, ...empty })),
  );
}

/**
 * Records in which chats a key is about to be set, so that a rollback takes away the migration's keys and no others,
 * and chats carry no mark of it.
 */
export async function saveKeyBatch(run: Run, ids: readonly NativeId[]): Promise<void> {
  await run.write.insert(recordName(run.ctx.model, "chat_key_batches"), [
    { _id: new ObjectId(), ids, run: run.id },
  ]);
}
