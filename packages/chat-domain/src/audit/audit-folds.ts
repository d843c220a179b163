import type { NativeId } from "../identity/native-id.ts";
import { groupedById, idSet, type IdSet, idText } from "../identity/stored-ids.ts";
import { collectionOf, type MigrationContext } from "../migrate/context/migration-context.ts";
import { type JournalEntry, mergeOf } from "../migrate/context/migration-records.ts";
import { copiesOfMerges } from "../migrate/journal/copies-of-merges.ts";
import { outdatedMarks } from "../migrate/merge/fold/unfolded-copies.ts";
import { ownField } from "../model/own-names.ts";
import type { Finding } from "./finding.ts";

/** Merged duplicates whose newest copy is in no mark of their survivors; purged ones need none. */
export async function auditFolds(
  ctx: MigrationContext,
  entries: readonly JournalEntry[],
): Promise<readonly Finding[]> {
  if (Object.keys(ctx.model.fold).length === 0) return [];
  const merges = entries.filter(({ state }) => state !== "purged").flatMap(mergeOf);
  const isFolded = await foldedCopies(
    ctx,
    merges.map(({ loser }) => loser),
  );
  const [marks] = await marksAmong(
    ctx,
    ctx.model.chats.collection,
    merges.map(({ survivor }) => survivor),
  );
  const isOutdated = idSet(await outdatedMarks(ctx, merges));
  return merges.flatMap(({ loser, survivor }): readonly Finding[] => {
    const state = isFolded.get(idText(loser));
    if (isOutdated.has(loser)) return [finding("UNFINISHED_MERGE", unfolded, loser)];
    if (state === undefined || marks.has(`${idText(survivor)} ${idText(loser)}`)) return [];
    return state
      ? [finding("CONTRIBUTION_LOST", "the mark of what was folded from it is gone from its survivor", loser)]
      : [finding("UNFINISHED_MERGE", unfolded, loser)];
  });
}

const unfolded = "what it holds has not been folded into its survivor yet";

/** Whether the newest copy of each has been folded; an earlier version has not said so. */
async function foldedCopies(
  { records }: MigrationContext,
  losers: readonly NativeId[],
): Promise<ReadonlyMap<string, boolean>> {
  const copies = await records.archive
    .find(
      { "_id.id": { $in: [...losers] }, seq: { $exists: true } },
      { projection: { seq: 1, folded: 1 }, sort: { seq: -1 } },
    )
    .toArray();
  const groups = groupedById(copies, ({ _id }) => _id.id);
  return new Map(
    groups.flatMap(([newest]) =>
      newest === undefined ? [] : [[idText(newest._id.id), newest.folded !== undefined] as const],
    ),
  );
}

/** Duplicates' rows whose newest copy is folded, and in no mark of the row that stands for them. */
export async function auditRowFolds(
  ctx: MigrationContext,
  entries: readonly JournalEntry[],
): Promise<readonly Finding[]> {
  // What was copied for an earlier merge, and has not come back since, is history.
  const merges = entries.filter(({ state }) => state !== "purged").flatMap(mergeOf);
  const findings: Finding[] = [];
  for (const { collection, onConflict } of ctx.model.references) {
    if (onConflict !== "fold" || merges.length === 0) continue;
    const copies = await ctx.records.rowsArchive
      .find(
        { collection, $or: [...copiesOfMerges(merges)], seq: { $exists: true }, into: { $exists: true } },
        { projection: { loser: 1, into: 1, seq: 1, folded: 1 }, sort: { seq: -1 } },
      )
      .toArray();
    const newest = groupedById(copies, ({ _id }) => _id.id).flatMap(([copy]) =>
      copy?.into === undefined || copy.folded?.state !== "marked" ? [] : [{ ...copy, into: copy.into }],
    );
    const rows = newest.map(({ into }) => into);
    const [marks, present] = await marksAmong(ctx, collection, rows);
    for (const { _id, loser, into } of newest) {
      if (!present.has(into) || marks.has(`${idText(into)} ${idText(_id.id)}`)) continue;
      const message = `the mark of what was folded from a duplicate's row is gone from the row of ${collection} that stands for it`;
      findings.push({ code: "CONTRIBUTION_LOST", message, chat: loser, reference: { collection, id: into } });
    }
  }
  return findings;
}

/** What has gone into which document, and which of them there are. */
async function marksAmong(
  ctx: MigrationContext,
  collection: string,
  ids: readonly NativeId[],
): Promise<readonly [ReadonlySet<string>, IdSet]> {
  const field = ownField(ctx.model, "foldedFrom");
  const documents = await collectionOf(ctx, collection)
    .find({ _id: { $in: [...ids] } }, { projection: { [`${field}.from`]: 1 } })
    .toArray();
  const marks = documents.flatMap((document) => {
    const stored = document[field];
    if (!Array.isArray(stored)) return [];
    return (stored as { readonly from: NativeId }[]).map(
      ({ from }) => `${idText(document._id)} ${idText(from)}`,
    );
  });
  return [new Set(marks), idSet(documents.map(({ _id }) => _id))];
}

function finding(code: Finding["code"], message: string, chat: NativeId): Finding {
  return { code, message, chat, reference: null };
}
