import type { IndexDescriptionInfo } from "mongodb";
import type { FoldModel } from "../../model/merge-model.ts";
import { existingIndexes } from "../../store/key-index.ts";
import { collectionOf, type MigrationContext } from "../context/migration-context.ts";
import type { PreflightReport } from "./findings.ts";
import { collectionInfos } from "./collections.ts";
import { hasCollation, uniqueReferenceIndexes } from "./reference-indexes.ts";

/** A fold makes two documents hold the same value, for a moment or for good: a unique index on it would refuse that. */
export async function foldedUniqueIndexes(ctx: MigrationContext): Promise<PreflightReport> {
  const { chats, fold, references } = ctx.model;
  const folded = [
    { collection: chats.collection, fold },
    ...references.filter(({ onConflict }) => onConflict === "fold"),
  ];
  const problems: string[] = [];
  for (const { collection, fold: fields } of folded) {
    for (const index of await existingIndexes(collectionOf(ctx, collection))) {
      const field = foldedFieldOf(index, fields);
      if (field !== null)
        problems.push(
          `the unique index ${String(index.name)} of ${collection} holds ${field}, which a merge folds: two documents would ` +
            `hold one value. Leave ${field} out of "fold", or drop the index`,
        );
    }
  }
  return { problems, warnings: [] };
}

function foldedFieldOf({ key, unique }: IndexDescriptionInfo, fold: FoldModel): string | null {
  if (unique !== true) return null;
  return Object.keys(key).find((field) => Object.keys(fold).some((path) => overlaps(field, path))) ?? null;
}

/** Ids are compared exactly, which an index with a collation does not. */
export async function collatedUniqueIndexes(ctx: MigrationContext): Promise<PreflightReport> {
  const problems: string[] = [];
  for (const reference of ctx.model.references.filter(({ leave }) => leave !== true)) {
    for (const index of await uniqueReferenceIndexes(ctx, reference)) {
      if (hasCollation(index))
        problems.push(
          `the unique index ${String(index.name)} of ${reference.collection} compares ${reference.field} with a collation, ` +
            "onechat exactly: build it with the collation simple",
        );
    }
  }
  return { problems, warnings: [] };
}

/** Copies within the server and the looks of merges would compare with it, and so take one for another. */
export async function collatedCollections(ctx: MigrationContext): Promise<PreflightReport> {
  const { chats, references } = ctx.model;
  const copied = references.filter(({ onConflict }) => onConflict !== undefined);
  const names = new Set([chats.collection, ...copied.map(({ collection }) => collection)]);
  const infos = await collectionInfos(ctx);
  const problems = infos
    .filter(({ name, options }) => names.has(name) && hasCollation(options))
    .map(
      ({ name }) =>
        `${name} has a collation of its own, by which it compares what onechat compares exactly: make it anew without one ` +
        "($out into a collection that was created with the collation simple), and rename that",
    );
  return { problems, warnings: [] };
}

/** A survivor is the oldest chat: where the server deletes chats by their age, it goes first. */
export async function expiringChats(ctx: MigrationContext): Promise<PreflightReport> {
  const indexes = await existingIndexes(ctx.chats);
  const warnings = indexes
    .filter(({ expireAfterSeconds }) => expireAfterSeconds !== undefined)
    .map(({ name, key }) => {
      const field = Object.keys(key).join(", ");
      return (
        `the index ${String(name)} of ${ctx.chats.namespace} lets the server delete chats by ${field}: a survivor may go ` +
        `before its duplicates, and takes everything with it that has followed. Fold ${field} with "max", at least`
      );
    });
  return { problems: [], warnings };
}

function overlaps(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}
