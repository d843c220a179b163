import { type Document, ObjectId } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import type { FoldModel } from "../../model/merge-model.ts";
import { keyField } from "../../model/stored-document.ts";
import type { Run } from "../run/run.ts";

/** Remembers keys that stood in chats before the migration, and where. Only what is not remembered yet. */
export async function rememberKeys(run: Run, ids: readonly NativeId[]): Promise<void> {
  const collection = run.ctx.model.chats.collection;
  const names = { $map: { input: { $objectToArray: "$$ROOT" }, in: "$$this.k" } };
  const next = {
    $let: {
      vars: { names },
      in: {
        $ifNull: [
          { $arrayElemAt: ["$$names", { $add: [{ $indexOfArray: ["$$names", keyField] }, 1] }] },
          null,
        ],
      },
    },
  };
  await remember(run, {
    collection,
    ids,
    filter: { [keyField]: { $exists: true } },
    part: "key",
    value: { value: `$${keyField}`, followedBy: next },
  });
}

/** Remembers the fields that a merge is about to fold. Only what is not remembered yet. */
export async function rememberFields(
  run: Run,
  { collection, ids, fold }: { collection: string; ids: readonly NativeId[]; fold: FoldModel },
): Promise<void> {
  const fields = Object.keys(fold);
  if (fields.length === 0 || ids.length === 0) return;
  await remember(run, { collection, ids, filter: {}, part: "fields", value: fieldImage(fields, "$") });
}

/** Remembers arrays of chat ids before the first loser is taken from them. Only what is not remembered yet. */
export async function rememberArrays(
  run: Run,
  { collection, ids, field }: { collection: string; ids: readonly NativeId[]; field: string },
): Promise<void> {
  if (ids.length === 0) return;
  await remember(run, { collection, ids, filter: {}, part: arrayPart(field), value: `$${field}` });
}

/** Where the original of an array is kept; a dot would make a path of it. */
export function arrayPart(field: string): `array:${string}` {
  return `array:${field.replaceAll(".", "/")}`;
}

/** The fields of a document by their position, absent ones absent: `{ f0: "$createdAt" }`. */
export function fieldImage(fields: readonly string[], prefix: string): Readonly<Document> {
  return Object.fromEntries(fields.map((field, index) => [`f${index}`, `${prefix}${field}`]));
}

interface Memory {
  readonly collection: string;
  readonly ids: readonly NativeId[];
  readonly filter: Readonly<Document>;
  readonly part: "key" | "fields" | `array:${string}`;
  readonly value: Readonly<Document> | string;
}

async function remember(run: Run, { collection, ids, filter, part, value }: Memory): Promise<void> {
  await run.write.merge(collection, [
    { $match: { _id: { $in: ids }, ...filter } },
    { $project: { _id: { collection: { $literal: collection }, id: "$_id" }, [part]: value } },
    {
      $merge: {
        into: "chat_originals",
        on: "_id",
        whenMatched: [{ $set: { [part]: { $ifNull: [`$${part}`, `$$new.${part}`] } } }],
        whenNotMatched: "insert",
      },
    },
  ]);
}

/** What is remembered of a fold. */
export const foldParts = ["fields", "recounted"] as const;

/** Forgets parts of originals that have been given back, and what then is empty. */
export async function forgetOriginals(
  run: Run,
  { collection, ids, parts }: { collection: string; ids: readonly NativeId[]; parts: readonly string[] },
): Promise<void> {
  const unset = Object.fromEntries(parts.map((part) => [part, ""]));
  const records = ids.map((id) => ({ _id: { collection, id } }));
  await run.write.update(
    "chat_originals",
    records.map((q) => ({ q, u: { $unset: unset } })),
  );
  const empty = { $expr: { $eq: [{ $size: { $objectToArray: "$$ROOT" } }, 1] } };
  await run.write.delete(
    "chat_originals",
    records.map((q) => ({ ...q, ...empty })),
  );
}

/**
 * Remembers in which chats a key is about to be set, so that a rollback takes away the migration's keys and no others,
 * and chats carry no mark of it.
 */
export async function rememberKeyBatch(run: Run, ids: readonly NativeId[]): Promise<void> {
  await run.write.insert("chat_key_batches", [{ _id: new ObjectId(), ids, run: run.id }]);
}
