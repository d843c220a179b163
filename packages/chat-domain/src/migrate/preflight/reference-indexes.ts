import type { IndexDescriptionInfo } from "mongodb";
import type { ReferenceModel } from "../../model/merge-model.ts";
import { existingIndexes } from "../../store/key-index.ts";
import { collectionOf, type MigrationContext } from "../context/migration-context.ts";

/** References that no index serves: every duplicate would cost a scan of the whole collection. */
export async function missingReferenceIndexes(ctx: MigrationContext): Promise<readonly ReferenceModel[]> {
  const missing: ReferenceModel[] = [];
  for (const reference of ctx.model.references) {
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

function serves(index: IndexDescriptionInfo, field: string): boolean {
  const plain = index.partialFilterExpression === undefined && index.hidden !== true;
  return plain && Object.keys(index.key)[0] === field && typeof index.key[field] === "number";
}
