import type { IndexDescriptionInfo } from "mongodb";
import { mapOfKeys } from "../../model/field-path.ts";
import type { ReferenceModel } from "../../model/merge-model.ts";
import { existingIndexes } from "../../store/key-index.ts";
import { collectionOf, type MigrationContext } from "../context/migration-context.ts";

/** References that could have an index and that none serves: every duplicate would cost a scan of the whole collection. */
export async function missingReferenceIndexes(ctx: MigrationContext): Promise<readonly ReferenceModel[]> {
  const missing: ReferenceModel[] = [];
  for (const reference of ctx.model.references) {
    // Nothing is looked for by what is left as it is, and no index has the keys of a map.
    if (reference.leave === true || mapOfKeys(reference.field) !== null) continue;
    const indexes = await existingIndexes(collectionOf(ctx, reference.collection));
    if (!indexes.some((index) => serves(index, reference.field))) missing.push(reference);
  }
  return missing;
}

/** Unique indexes that hold the chat's id: two chats' documents may not both follow into one. */
export async function uniqueReferenceIndexes(
  ctx: MigrationContext,
  { collection, field }: ReferenceModel,
): Promise<readonly IndexDescriptionInfo[]> {
  const indexes = await existingIndexes(collectionOf(ctx, collection));
  return indexes.filter(({ key, unique }) => unique === true && field in key);
}

/** Where the collection has a default collation, its indexes have it too. */
export function hasCollation({ collation }: Pick<IndexDescriptionInfo, "collation">): boolean {
  const locale: unknown = collation?.locale ?? "simple";
  return locale !== "simple";
}

/** Indexes that would serve a reference, but for their collation. */
export async function collatedReferenceIndexes(
  ctx: MigrationContext,
  { collection, field }: ReferenceModel,
): Promise<readonly IndexDescriptionInfo[]> {
  const indexes = await existingIndexes(collectionOf(ctx, collection));
  return indexes.filter((index) => hasCollation(index) && Object.keys(index.key)[0] === field);
}

function serves(index: IndexDescriptionInfo, field: string): boolean {
  const plain = index.partialFilterExpression === undefined && index.hidden !== true;
  return (
    plain &&
    !hasCollation(index) &&
    Object.keys(index.key)[0] === field &&
    typeof index.key[field] === "number"
  );
}
