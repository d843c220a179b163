import type { NativeId } from "../../../identity/native-id.ts";
import { groupedById, type IdMap, idMap, idSet, idText } from "../../../identity/stored-ids.ts";
import type { ChatModel } from "../../../model/chat-model.ts";
import type { FoldModel, ReferenceModel } from "../../../model/merge-model.ts";
import { type StoredDocument, valueAt } from "../../../model/stored-document.ts";
import { collectionOf } from "../../context/migration-context.ts";
import { saveOriginalFields } from "../../journal/originals.ts";
import type { Run } from "../../run/run.ts";
import type { Refusal } from "../../run/write-outcome.ts";
import { archiveDocuments, deleteArchived } from "../archive/archive-documents.ts";
import { foldDocuments } from "../fold/fold-documents.ts";
import type { FoldCollection } from "../fold/fold-sources.ts";
import { unfoldedCopies } from "../fold/unfolded-copies.ts";
import type { Reference } from "./references-to.ts";
import { copiesBy, foldsRows, referenceName } from "./row-copies.ts";

export interface RowConflict {
  readonly reference: Reference;
  readonly refusal: Refusal;
}

/** A row that cannot follow its chat, and the survivor's row that stands in its place. */
interface Conflict extends RowConflict {
  readonly into: NativeId;
}

/**
 * Where a unique index keeps a row from following its chat, the survivor's row stands for both: the loser's is archived,
 * folded into it if the model says so, and deleted while it still is what was archived. Returns how many are, and how many
 * have changed meanwhile.
 */
export async function resolveRowConflicts(
  run: Run,
  model: ReferenceModel,
  refused: readonly RowConflict[],
): Promise<{ readonly archivedRows: number; readonly changed: number }> {
  const conflicts = await withSurvivorsRows(run, model, refused);
  if (conflicts.length === 0) return { archivedRows: 0, changed: 0 };
  const { collection, onConflict } = model;
  const ids = conflicts.map(({ reference }) => reference.id);
  const into = conflicts.map((conflict) => conflict.into);
  const folds = onConflict === "fold";
  if (folds)
    await saveOriginalFields(run, { collection, ids: into, fold: allRowFolds(run.ctx.model, collection) });
  await archiveDocuments(run, {
    from: collection,
    archive: "chat_rows_archive",
    documents: conflicts.map((conflict) => ({
      id: conflict.reference.id,
      merge: conflict.reference.merge,
      into: conflict.into,
      by: referenceName(model),
    })),
    filter: {},
  });
  if (folds) {
    await foldDocuments(run, {
      ...rowFold(run.ctx.model, model),
      ids: into,
      epochs: idMap(conflicts.map(({ reference: { id, merge } }) => [id, merge.epoch] as const)),
    });
  }
  const done = folds ? await foldedRows(run, ids) : ids;
  const archivedRows = await deleteArchived(run, {
    collection,
    archive: "rowsArchive",
    ids: done,
    filter: {},
  });
  return { archivedRows, changed: conflicts.length - archivedRows };
}

/** How rows fold into the survivors' rows. */
export function rowFold(model: ChatModel, reference: ReferenceModel): FoldCollection {
  const { collection, fold } = reference;
  return {
    collection,
    copies: copiesBy(model, reference),
    archive: "rowsArchive",
    target: "into",
    fold,
    repointing: () => Promise.resolve((document) => document),
    following: new Set(),
    people: [],
    turned: (copy) => copy,
  };
}

/** A row may stand for others by several references; what it held is saved once. */
function allRowFolds({ references }: ChatModel, collection: string): FoldModel {
  const folds = references.filter((one) => one.collection === collection && foldsRows(one));
  return Object.assign({}, ...folds.map(({ fold }) => fold)) as FoldModel;
}

/** Of a row that changes all the time the last copy may not have been folded yet. */
async function foldedRows(run: Run, ids: readonly NativeId[]): Promise<readonly NativeId[]> {
  const isOpen = idSet(await unfoldedCopies(run.ctx.records.rowsArchive, ids));
  return ids.filter((id) => !isOpen.has(id));
}

/** How many rows are asked for in one query. */
const lookupsAtOnce = 200;

/** Found by what the index says they share; one that is gone by now is no conflict any more. */
async function withSurvivorsRows(
  run: Run,
  { collection }: ReferenceModel,
  refused: readonly RowConflict[],
): Promise<readonly Conflict[]> {
  const found: Conflict[] = [];
  for (let from = 0; from < refused.length; from += lookupsAtOnce) {
    const some = refused.slice(from, from + lookupsAtOnce);
    const fields = [...new Set(some.flatMap(({ refusal }) => Object.keys(refusal.keyPattern)))];
    const candidates = await collectionOf(run.ctx, collection)
      .find(
        { $or: some.map(({ refusal }) => refusal.keyValue) },
        { projection: Object.fromEntries(fields.map((field) => [field, 1])) },
      )
      .toArray();
    const rows = rowsByValue(candidates, fields);
    found.push(...some.flatMap((conflict) => besideSurvivorsRow(conflict, rows)));
  }
  return found;
}

type RowsByValue = IdMap<readonly StoredDocument[]>;

function rowsByValue(rows: readonly StoredDocument[], fields: readonly string[]): RowsByValue {
  const named = rows.flatMap((row) =>
    fields.flatMap((field) => valuesAt(row, field).map((value) => ({ name: nameOf(field, value), row }))),
  );
  return idMap(
    groupedById(named, ({ name }) => name).flatMap((group) =>
      group.slice(0, 1).map(({ name }) => [name, group.map(({ row }) => row)] as const),
    ),
  );
}

function nameOf(field: string, value: unknown): string {
  return `${field} ${idText(value)}`;
}

function besideSurvivorsRow(conflict: RowConflict, rows: RowsByValue): readonly Conflict[] {
  const shared = Object.entries(conflict.refusal.keyValue).map(([field, value]) => nameOf(field, value));
  const [some = [], ...others] = shared.map((name) => rows.get(name) ?? []);
  const row = some.find((one) => others.every((rest) => rest.includes(one)));
  return row === undefined ? [] : [{ ...conflict, into: row._id }];
}

/** An index holds every element of an array, and `null` for what is absent. */
function valuesAt(row: StoredDocument, field: string): readonly unknown[] {
  const value = valueAt(row, field) ?? null;
  return Array.isArray(value) ? value : [value];
}
