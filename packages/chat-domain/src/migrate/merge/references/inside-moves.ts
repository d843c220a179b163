import { BSON } from "mongodb";
import type { NativeId } from "../../../identity/native-id.ts";
import { idMap } from "../../../identity/stored-ids.ts";
import { rootOf } from "../../../model/stored-document.ts";
import { collectionOf, type MigrationContext } from "../../context/migration-context.ts";
import type { Run } from "../../run/run.ts";
import type { Refusal } from "../../run/write-outcome.ts";
import type { UpdateStatement } from "../../run/write-statements.ts";
import { type ExactDocument, exactDocument } from "../archive/exact-document.ts";
import type { Exact } from "./inside-values.ts";

/** The top-level field of these documents that a path begins with, exactly as it is stored; `null` where that cannot be read. */
export async function exactRoots(
  ctx: MigrationContext,
  collection: string,
  { field, ids }: { readonly field: string; readonly ids: readonly NativeId[] },
) {
  const roots: (readonly [NativeId, Exact])[] = [];
  const cursor = collectionOf(ctx, collection).find(
    { _id: { $in: [...ids] } },
    { projection: { [rootOf(field)]: 1 }, raw: true },
  );
  for await (const raw of cursor) {
    const bytes = raw as unknown as Uint8Array;
    const { _id } = BSON.deserialize(bytes);
    roots.push([_id as NativeId, exactDocument(bytes)?.get(rootOf(field)) ?? null]);
  }
  return idMap(roots);
}

interface OriginalParts {
  readonly collection: string;
  readonly ids: readonly NativeId[];
  readonly parts: readonly string[];
}

/** What is saved of the originals of these documents, exactly as it is stored; of those of which the first part is. */
export async function originalParts(
  { records }: MigrationContext,
  { collection, ids, parts }: OriginalParts,
): Promise<readonly (readonly [NativeId, ExactDocument])[]> {
  const found: (readonly [NativeId, ExactDocument])[] = [];
  const cursor = records.originals.find(
    { _id: { $in: ids.map((id) => ({ collection, id })) } },
    { projection: Object.fromEntries(parts.map((part) => [part, 1])), raw: true },
  );
  for await (const raw of cursor) {
    const bytes = raw as unknown as Uint8Array;
    const { _id } = BSON.deserialize(bytes) as { readonly _id: { readonly id: NativeId } };
    const record = exactDocument(bytes);
    if (record?.has(parts[0] ?? "") === true) found.push([_id.id, record]);
  }
  return found;
}

/** A top-level field that becomes another, if it still is what was read. */
export interface RootChange {
  readonly id: NativeId;
  readonly root: string;
  readonly from: Exact;
  readonly to: Exact;
}

export interface RootsChanged {
  /** How many were still what was read. */
  readonly changed: number;
  readonly refusals: readonly Refusal[];
}

export async function changeRoots(
  run: Run,
  collection: string,
  changes: readonly RootChange[],
): Promise<RootsChanged> {
  const { n, refusals } = await run.write.update(collection, changes.map(statement));
  return { changed: n, refusals };
}

function statement({ id, root, from, to }: RootChange): UpdateStatement {
  return { q: { _id: id, [root]: { $eq: from } }, u: { $set: { [root]: to } } };
}

/** Which of these documents hold just this in the field. */
export async function holdingExactly(
  ctx: MigrationContext,
  collection: string,
  { id, root, value }: { readonly id: NativeId; readonly root: string; readonly value: Exact },
): Promise<boolean> {
  const same = { $eq: [`$${root}`, { $literal: value }] };
  const found = await collectionOf(ctx, collection)
    .aggregate([{ $match: { _id: { $eq: id } } }, { $match: { $expr: same } }, { $project: { _id: 1 } }])
    .toArray();
  return found.length > 0;
}

/** Byte by byte. */
export function isEqual(a: Exact, b: Exact): boolean {
  return Buffer.compare(BSON.serialize(new Map([["a", a]])), BSON.serialize(new Map([["a", b]]))) === 0;
}
