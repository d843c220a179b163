import type { Collection } from "mongodb";
import type { NativeId } from "../../../identity/native-id.ts";
import { groupedById, idMap, idText } from "../../../identity/stored-ids.ts";
import { ownField } from "../../../model/own-names.ts";
import type { MigrationContext } from "../../context/migration-context.ts";
import { type ArchiveRecord, losersOf, type Merge } from "../../context/migration-records.ts";
import { marksIn } from "./fold-marks.ts";
import { foldedDocuments } from "./fold-sources.ts";

/** The chats or rows whose newest copy has not been folded. An earlier version has not numbered its copies, nor said so. */
export async function unfoldedCopies(
  archive: Collection<ArchiveRecord>,
  ids: readonly NativeId[],
): Promise<readonly NativeId[]> {
  const copies = await archive
    .find({ "_id.id": { $in: [...ids] }, seq: { $exists: true } }, { projection: { seq: 1, folded: 1 } })
    .toArray();
  return groupedById(copies, ({ _id }) => _id.id).flatMap((group) => {
    const [newest] = group.toSorted((a, b) => (b.seq ?? 0) - (a.seq ?? 0));
    return newest === undefined || newest.folded !== undefined ? [] : [newest._id.id];
  });
}

/** Losers whose survivor says of them what has been outdone: somebody has put back what it was before the last fold. */
export async function outdatedMarks(
  ctx: MigrationContext,
  merges: readonly Merge[],
): Promise<readonly NativeId[]> {
  const field = ownField(ctx.model, "foldedFrom");
  const { collection } = ctx.model.chats;
  const survivors = await foldedDocuments(
    ctx,
    { collection, fold: {} },
    merges.map(({ survivor }) => survivor),
  );
  const marksOf = idMap(survivors.map(([id, document]) => [id, marksIn(document, field)] as const));
  const copies = await ctx.records.archive
    .find(
      { "_id.id": { $in: losersOf(merges) }, seq: { $exists: true } },
      { projection: { seq: 1, epoch: 1 } },
    )
    .toArray();
  const copiesOf = idMap(
    groupedById(copies, ({ _id }) => _id.id).map((group) => [group[0]?._id.id as NativeId, group] as const),
  );
  return merges.flatMap(({ loser, survivor, epoch }) => {
    const own = (copiesOf.get(loser) ?? []).toSorted((a, b) => (b.seq ?? 0) - (a.seq ?? 0));
    const newest = own.find((copy) => copy.epoch === epoch);
    const mark = marksOf.get(survivor)?.find(({ from }) => idText(from) === idText(loser));
    if (mark === undefined || newest === undefined || mark.hash === newest._id.hash) return [];
    return own.some(({ _id }) => _id.hash === mark.hash) && mark.seq < (newest.seq ?? 0) ? [loser] : [];
  });
}
