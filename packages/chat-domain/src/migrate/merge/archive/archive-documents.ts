import { recordName } from "../../../model/own-names.ts";
import type { Document } from "mongodb";
import { duplicateKeyCode, isServerError, isValidatorRefusal } from "../../../errors/mongo-errors.ts";
import type { NativeId } from "../../../identity/native-id.ts";
import { groupedById, idMap } from "../../../identity/stored-ids.ts";
import { collectionOf } from "../../context/migration-context.ts";
import type { Merge } from "../../context/migration-records.ts";
import { copiesOfMerges } from "../../journal/copies-of-merges.ts";
import type { Run } from "../../run/run.ts";
import { assertWritten, refusalOf } from "../../run/write-outcome.ts";
import { isMissing } from "../../run/write-statements.ts";
import { archivedContents, contentsOf } from "./content-hash.ts";
import { exactDocument } from "./exact-document.ts";

/** A document to be copied, and whose merge it belongs to. */
export interface Archivable {
  readonly id: NativeId;
  readonly merge: Merge;
  /** For a row: the survivor's row that stands for it, and the reference by which that is so. */
  readonly into?: NativeId;
  readonly by?: string;
}

export interface ArchiveRequest {
  readonly from: string;
  readonly archive: "chats_archive" | "chat_rows_archive";
  readonly documents: readonly Archivable[];
  /** Copies only documents that match. */
  readonly filter: Readonly<Document>;
}

/** A copy that is to be made. */
interface Copy extends Archivable {
  /** Tells versions of a document apart. */
  readonly hash: string;
  readonly seq: number;
  /** Whether there is one of this content already. */
  readonly isKnown: boolean;
}

/**
 * Copies documents as they are now, beside all versions that were copied before. The server copies, so that every BSON
 * type stays what it is; the label is made of what was read a moment earlier, and it is for the caller to check with
 * `archivedContents` that no other version came between.
 */
export async function archiveDocuments(run: Run, request: ArchiveRequest): Promise<void> {
  const copies = await copiesToMake(run, request);
  const known = copies.filter(({ isKnown }) => isKnown);
  const unknown = copies.filter(({ isKnown }) => !isKnown);
  // To say what becomes of a copy that is there costs the server for those as well that are not.
  await copy(run, request, { copies: unknown, whenMatched: "keepExisting" });
  await copy(run, request, { copies: known, whenMatched: [{ $set: seenAgain }] });
}

async function copy(
  run: Run,
  { from, archive, filter }: ArchiveRequest,
  { copies, whenMatched }: { readonly copies: readonly Copy[]; readonly whenMatched: unknown },
): Promise<void> {
  if (copies.length === 0) return;
  // A document finds what is said about it by its position among the ids.
  const ids = copies.map(({ id }) => id);
  const of = (value: (one: Copy) => unknown): Document => atPosition(copies.map(value));
  const copied = {
    _id: { id: "$_id", hash: of(({ hash }) => hash) },
    collection: { $literal: from },
    loser: of(({ merge }) => merge.loser),
    survivor: of(({ merge }) => merge.survivor),
    ...(archive === "chat_rows_archive" ? { into: of(({ into }) => into), by: of(({ by }) => by) } : {}),
    epoch: of(({ merge }) => merge.epoch),
    seq: of(({ seq }) => seq),
    archivedAt: "$$NOW",
    document: "$$ROOT",
  };
  await run.write.merge(from, [
    { $match: { _id: { $in: ids }, ...filter } },
    {
      $replaceWith: { $let: { vars: { at: { $indexOfArray: [{ $literal: ids }, "$_id"] } }, in: copied } },
    },
    {
      $merge: {
        into: recordName(run.ctx.model, archive),
        on: "_id",
        whenMatched,
        whenNotMatched: "insert",
      },
    },
  ]);
}

/** An earlier version has not numbered its copies, nor marked what it folded: of this merge they stay so. */
const isOfEarlierVersion = { $and: [isMissing("seq"), { $eq: ["$epoch", "$$new.epoch"] }] };

const isAsBefore = ["epoch", "survivor", "into"].map((name) => ({ $eq: [`$${name}`, `$$new.${name}`] }));

/** A copy of the same content is another merge's now, or the same one's. */
const seenAgain = {
  survivor: "$$new.survivor",
  into: { $ifNull: ["$$new.into", "$$REMOVE"] },
  by: { $ifNull: ["$$new.by", "$$REMOVE"] },
  epoch: "$$new.epoch",
  archivedAt: "$$new.archivedAt",
  seq: { $cond: [isOfEarlierVersion, "$$REMOVE", "$$new.seq"] },
  // What was folded in an earlier merge, or into another row, has been taken out since, or is gone with it.
  folded: { $cond: [{ $and: isAsBefore }, "$folded", "$$REMOVE"] },
  returned: { $cond: [{ $and: isAsBefore }, "$returned", "$$REMOVE"] },
};

/** The newest copy has the greatest number: a copy that is made, or seen again after another one, gets the next. */
async function copiesToMake(
  run: Run,
  { from, archive, documents }: ArchiveRequest,
): Promise<readonly Copy[]> {
  const named = idMap(documents.map((document) => [document.id, document] as const));
  const ids = documents.map((document) => document.id);
  const labels: Pick<Copy, "id" | "hash">[] = [];
  for await (const { id, hash } of contentsOf(collectionOf(run.ctx, from), ids)) labels.push({ id, hash });
  if (labels.length === 0) return [];
  const records = archive === "chats_archive" ? run.ctx.records.archive : run.ctx.records.rowsArchive;
  const made = await records
    .find({ "_id.id": { $in: labels.map(({ id }) => id) } }, { projection: { seq: 1, epoch: 1 } })
    .toArray();
  const groups = groupedById(made, ({ _id }) => _id.id);
  const copiesOf = idMap(
    groups.flatMap((group) => group.slice(0, 1).map(({ _id }) => [_id.id, group] as const)),
  );
  return labels.flatMap(({ id, hash }) => {
    const document = named.get(id);
    if (document === undefined) return [];
    const group = copiesOf.get(id) ?? [];
    const same = group.filter(({ _id }) => _id.hash === hash);
    const last = Math.max(0, ...group.map(({ seq = 0 }) => seq));
    const isNewest = same.some(({ seq = 0, epoch }) => seq === last && epoch === document.merge.epoch);
    const seq = isNewest ? Math.max(last, 1) : last + 1;
    return [{ ...document, hash, seq, isKnown: same.length > 0 }];
  });
}

function atPosition(values: readonly unknown[]): Document {
  return { $arrayElemAt: [{ $literal: values }, "$$at"] };
}

export interface DeleteRequest {
  readonly collection: string;
  readonly archive: "archive" | "rowsArchive";
  readonly ids: readonly NativeId[];
  /** What else has to be true of them. */
  readonly filter: Readonly<Document>;
}

/** Documents that are to be deleted go along with the command, in bytes: so many are held in memory. */
const heldAtOnce = 4 * 1_024 * 1_024;

/**
 * Deletes documents while they still are what their copy says; one that has changed since stays. Returns how many are
 * deleted.
 */
export async function deleteArchived(run: Run, request: DeleteRequest): Promise<number> {
  const { collection, archive, ids, filter } = request;
  const isArchived = await archivedContents(run.ctx.records[archive], ids);
  let deleted = 0;
  let deletable: Document[] = [];
  let bytes = 0;
  for await (const content of contentsOf(collectionOf(run.ctx, collection), ids)) {
    const document = exactDocument(content.bytes);
    if (document === null || !isArchived(content)) continue;
    deletable.push({ ...filter, _id: content.id, $expr: { $eq: ["$$ROOT", { $literal: document }] } });
    bytes += content.bytes.length;
    if (bytes < heldAtOnce) continue;
    deleted += await run.write.delete(collection, deletable);
    deletable = [];
    bytes = 0;
  }
  return deleted + (await run.write.delete(collection, deletable));
}

export interface RestoreRequest {
  readonly archive: "chats_archive" | "chat_rows_archive";
  readonly into: string;
  readonly merges: readonly Merge[];
  /** Of these documents only; of all that the merges have taken away unless given. */
  readonly ids?: readonly NativeId[];
}

/**
 * Inserts the last copy of every document that these merges have taken away, as it was, unless it is there. Within the
 * server, so that every BSON type stays what it is.
 */
export async function restoreCopies(run: Run, request: RestoreRequest): Promise<void> {
  if (await isRestored(run, request, {})) return;
  for (const merge of request.merges) await restoreEach(run, { ...request, merges: [merge] });
}

/** Of two that stand in each other's way the one that was there first comes back. */
async function restoreEach(run: Run, request: RestoreRequest): Promise<void> {
  if (await isRestored(run, request, {})) return;
  const left: NativeId[] = [];
  for (const id of await copiedIds(run, request))
    if (!(await isRestored(run, request, { "_id.id": { $eq: id } }))) left.push(id);
  if (left.length === 0) return;
  const which = `${left.length} of the documents of ${request.into}, such as ${String(left[0])}`;
  run.ctx.emit({
    event: "note",
    message: `others stand in the places of ${which}: they stay in the archive`,
  });
}

/** Nothing of it, or a part, where a unique index refuses one. */
async function isRestored(run: Run, request: RestoreRequest, filter: Document): Promise<boolean> {
  try {
    await restore(run, request, filter);
    return true;
  } catch (error) {
    if (isServerError(error) && error.code === duplicateKeyCode) return false;
    if (isServerError(error) && isValidatorRefusal(error))
      assertWritten(request.into, {
        refusals: [refusalOf({ index: 0, code: error.code, errmsg: error.message }, 0)],
      });
    throw error;
  }
}

async function copiedIds(
  run: Run,
  { archive, into, merges, ids }: RestoreRequest,
): Promise<readonly NativeId[]> {
  const { records } = run.ctx;
  const some = ids === undefined ? {} : { "_id.id": { $in: [...ids] } };
  const copies = archive === "chats_archive" ? records.archive : records.rowsArchive;
  const filter = { collection: into, $or: [...copiesOfMerges(merges)], ...some };
  const found = await copies
    .find(filter, { projection: { _id: 1 }, sort: { archivedAt: 1, "_id.id": 1 } })
    .toArray();
  return groupedById(found, ({ _id }) => _id.id).flatMap(([first]) => first?._id.id ?? []);
}

async function restore(
  run: Run,
  { archive, into, merges, ids }: RestoreRequest,
  filter: Document,
): Promise<void> {
  const some = ids === undefined ? {} : { "_id.id": { $in: ids } };
  await run.write.merge(recordName(run.ctx.model, archive), [
    { $match: { collection: into, $or: copiesOfMerges(merges), ...some, ...filter } },
    { $sort: { seq: 1, archivedAt: 1 } },
    { $group: { _id: "$_id.id", document: { $last: "$document" }, archivedAt: { $first: "$archivedAt" } } },
    { $sort: { archivedAt: 1, _id: 1 } },
    { $replaceWith: "$document" },
    { $merge: { into, on: "_id", whenMatched: "keepExisting", whenNotMatched: "insert" } },
  ]);
}
