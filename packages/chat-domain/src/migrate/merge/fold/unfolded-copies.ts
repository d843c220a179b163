import type { Collection } from "mongodb";
import type { NativeId } from "../../../identity/native-id.ts";
import { groupedById } from "../../../identity/stored-ids.ts";
import type { ArchiveRecord } from "../../context/migration-records.ts";

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
