import { rootsOf } from "../../model/nested-fields.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { allFolds } from "./all-folds.ts";
import type { FoldCollection } from "./fold/fold-sources.ts";

interface Folded {
  readonly _id: { readonly collection: string; readonly names: readonly string[] };
}

/** In which fields duplicates have been folded otherwise than the configuration says now, one sentence each. */
export interface ChangedFolds {
  /** What they have given would stay in their survivors without a word. */
  readonly dropped: readonly string[];
  /** What the survivors had there before, nobody knows. */
  readonly added: readonly string[];
}

export async function changedFolds(ctx: MigrationContext): Promise<ChangedFolds> {
  const saved = await ctx.records.originals
    .aggregate<Folded>([
      { $match: { "folded.names": { $exists: true } } },
      { $group: { _id: { collection: "$_id.collection", names: "$folded.names" } } },
    ])
    .toArray();
  const [dropped, added] = [new Set<string>(), new Set<string>()];
  for (const { collection, names } of saved.map(({ _id }) => _id)) {
    const folds = allFolds(ctx).filter((fold) => fold.collection === collection);
    const known = namesIn(folds);
    for (const name of names) if (!known.includes(name)) dropped.add(`${collection}.${name}`);
    // Where chats fold into chats, what else folds there is of other documents.
    for (const name of namesIn(folds.filter(({ archive }) => archive === folds[0]?.archive)))
      if (!names.includes(name)) added.add(`${collection}.${name}`);
  }
  return { dropped: [...dropped].map(droppedText), added: [...added].map(addedText) };
}

function namesIn(folds: readonly FoldCollection[]): readonly string[] {
  return folds.flatMap(({ fold }) => rootsOf(Object.keys(fold)));
}

function droppedText(field: string): string {
  return (
    `${field} was folded, and the configuration folds it no more, so it would keep what duplicates have given to it: ` +
    "go back with the fold that was there when they were merged"
  );
}

function addedText(field: string): string {
  return (
    `${field} was not folded yet when the first duplicates were merged: theirs is not in it, and it stays as it is in a ` +
    "rollback. To have it all, take the merges back with the earlier configuration (migrator rollback --to backfill) and merge again"
  );
}
