import type { NativeId } from "../../identity/native-id.ts";
import { idMap, idSet, idText } from "../../identity/stored-ids.ts";
import type { ReferenceModel } from "../../model/merge-model.ts";
import { rootsOf } from "../../model/nested-fields.ts";
import { referencesInFolds } from "../../model/references-in-folds.ts";
import { recordName } from "../../model/own-names.ts";
import { rootOf } from "../../model/stored-document.ts";
import {
  losersOf,
  type Merge,
  mergedStates,
  mergeOf,
  type MovesRecord,
} from "../context/migration-records.ts";
import { arrayPart, deleteOriginals, laterPart } from "../journal/originals.ts";
import type { Run } from "../run/run.ts";
import type { ExactDocument } from "./archive/exact-document.ts";
import { type Exact, isSame, withExact } from "./archive/exact-values.ts";
import { foldedDocuments } from "./fold/fold-sources.ts";
import { idsNamedIn, mergesNamedIn, moved } from "./followed-references.ts";
import { asStored } from "./references/as-stored.ts";
import { originalParts } from "./references/inside-moves.ts";
import { withMoves } from "./references/inside-values.ts";
import { inOrderOfLosers } from "./references/move-inside.ts";
import { moveReferences } from "./references/move-references.ts";
import { repointingsOf } from "./references/pointers.ts";

/**
 * Of survivors in whose folded fields references have followed other merges already, what these fields held before: a
 * rollback gives that back, whichever merge it undoes first. Only what is not saved yet.
 */
export async function saveUnmovedFields(run: Run, survivors: readonly NativeId[]): Promise<void> {
  const { model } = run.ctx;
  const { collection } = model.chats;
  const references = referencesInFolds(model);
  if (references.length === 0) return;
  const isSaved = idSet(await withSavedFields(run, survivors));
  const ids = survivors.filter((id) => !isSaved.has(id));
  const present = await foldedChats(run, ids);
  const documents = new Map(present);
  for (const reference of references) {
    const records = await movesInto(run, reference, documents);
    const arrays = idMap(await originalArrays(run, reference, [...documents.keys()]));
    for (const [id, document] of documents) {
      const moves = records.filter((record) => record.ids.some((one) => idText(one) === idText(id)));
      documents.set(id, beforeMoves(document, reference, { moves, array: arrays.get(id) }));
    }
  }
  const names = rootsOf(Object.keys(model.fold));
  await run.write.upsert(
    recordName(model, "chat_originals"),
    [...present].flatMap(([id, before]) => {
      const document = documents.get(id);
      if (document === undefined || document === before) return [];
      const held = new Map([...document].filter(([name]) => names.includes(name)));
      return [{ _id: { collection, id }, set: {}, setIfMissing: { folded: { names, document: held } } }];
    }),
  );
}

/** What chats hold in fields that fold, by their ids. */
type FoldedChats = ReadonlyMap<NativeId, ExactDocument>;

/** Of models in which references lie there; no others have to be looked at. */
export async function foldedChats(run: Run, ids: readonly NativeId[]): Promise<FoldedChats> {
  const { chats, fold } = run.ctx.model;
  if (referencesInFolds(run.ctx.model).length === 0) return new Map();
  const documents = await foldedDocuments(run.ctx, { collection: chats.collection, fold }, ids);
  return new Map(documents.map(([id, document]) => [id, document]));
}

async function withSavedFields(run: Run, ids: readonly NativeId[]): Promise<readonly NativeId[]> {
  const { collection } = run.ctx.model.chats;
  const saved = await run.ctx.records.originals
    .find(
      {
        _id: { $in: ids.map((id) => ({ collection, id })) },
        $or: [{ folded: { $exists: true } }, { fields: { $exists: true } }],
      },
      { projection: { _id: 1 } },
    )
    .toArray();
  return saved.map(({ _id }) => _id.id);
}

/** What has followed to the chats that are named there; the records of scalars are found by their duplicates alone. */
async function movesInto(
  { ctx }: Run,
  reference: ReferenceModel,
  documents: FoldedChats,
): Promise<readonly MovesRecord[]> {
  const { collection, field, toField } = reference;
  const named = idsNamedIn([...documents.values()], reference);
  if (named.length === 0) return [];
  const survivors =
    toField === "_id"
      ? named
      : (await ctx.chats.find({ [toField]: { $in: named } }, { projection: { _id: 1 } }).toArray()).map(
          ({ _id }) => _id,
        );
  const merges = await ctx.records.journal
    .find({ survivor: { $in: [...survivors] } }, { projection: { _id: 1 } })
    .toArray();
  const moves = await ctx.records.moves
    .find(
      {
        loser: { $in: merges.map(({ _id }) => _id) },
        "_id.collection": collection,
        "_id.field": field,
        ids: { $in: [...documents.keys()] },
      },
      { raw: true },
    )
    .toArray();
  return moves.map((record) => asStored(record) as MovesRecord);
}

/** The array, or the whole field where ids lie deeper, as it was before the first move. */
function originalArrays({ ctx }: Run, { collection, field }: ReferenceModel, ids: readonly NativeId[]) {
  const part = arrayPart(field);
  return originalParts(ctx, { collection, ids, parts: [part] }).then((found) =>
    found.map(([id, record]) => [id, record.get(part)] as const),
  );
}

interface Moves {
  readonly moves: readonly MovesRecord[];
  readonly array: Exact;
}

/** A list that somebody has changed since stays as it is. */
function beforeMoves(
  document: ExactDocument,
  reference: ReferenceModel,
  { moves, array }: Moves,
): ExactDocument {
  const { field } = reference;
  const root = rootOf(field);
  const repointings = inOrderOfLosers(moves, ({ loser }) => loser).map((record) =>
    repointingsOf({ from: record.from ?? record.loser, to: record.to ?? record.survivor }, ""),
  );
  if (array !== undefined) {
    const isInside = moves.some((record) => record.isInside === true);
    const before = withExact(document, isInside ? root : field, array);
    const after = repointings.reduce(
      (result, some) => moved(result, { field, move: { repointings: some, policy: reference } }),
      before,
    );
    return isSame(after, document) ? before : document;
  }
  const back = repointings.flat().map(({ from, to }) => ({ from: to, to: from }));
  const policy = { onConflict: undefined, fold: {} };
  const value = withMoves(document.get(root), field, [{ repointings: back, policy }]);
  return value === document.get(root) ? document : withExact(document, root, value);
}

/** Survivors, of whichever merges, whose folded fields name these duplicates, or have got that from who does. */
export async function survivorsNaming(run: Run, merges: readonly Merge[]): Promise<readonly NativeId[]> {
  const { model, records } = run.ctx;
  const { collection } = model.chats;
  const fields = referencesInFolds(model).map(({ field }) => field);
  if (fields.length === 0) return [];
  const moves = await records.moves
    .find(
      { loser: { $in: losersOf(merges) }, "_id.collection": collection, "_id.field": { $in: fields } },
      { projection: { ids: 1 } },
    )
    .toArray();
  const ids = moves.flatMap((record) => record.ids);
  const entries = await records.journal
    .find(
      { _id: { $in: ids }, state: { $in: ["planned", ...mergedStates] } },
      { projection: { survivor: 1 } },
    )
    .toArray();
  return withSavedFields(run, [...ids, ...entries.flatMap(({ survivor }) => survivor ?? [])]);
}

/**
 * Survivors into which nothing is folded any more hold what they held before all: references of theirs to duplicates of
 * others follow anew, and are recorded as those of any other chat.
 */
export async function followAnew(run: Run, survivors: FoldedChats): Promise<void> {
  const { model, records } = run.ctx;
  const { collection } = model.chats;
  if (survivors.size === 0) return;
  const ids = [...survivors.keys()];
  const parts = referencesInFolds(model).flatMap(({ field }) => [arrayPart(field), laterPart(field)]);
  for (const reference of referencesInFolds(model)) {
    const { field } = reference;
    const lists = {
      ids: { $in: ids },
      "_id.form": "array",
      "_id.collection": collection,
      "_id.field": field,
    } as const;
    const moves = [
      ...(await movesInto(run, reference, survivors)),
      ...(await records.moves.find(lists).toArray()),
    ];
    const name = recordName(model, "chat_merge_moves");
    await run.write.update(
      name,
      moves.map(({ _id }) => ({ q: { _id }, u: { $pullAll: { ids } } })),
    );
    // A record of the same is not written over.
    await run.write.delete(
      name,
      moves.map(({ _id }) => ({ _id, ids: { $size: 0 } })),
    );
  }
  await deleteOriginals(run, { collection, ids, parts });
  const present = [...(await foldedChats(run, ids)).values()];
  for (const reference of referencesInFolds(model)) {
    const named = losersOf(await mergesNamedIn(run.ctx, present, reference));
    const entries = await records.journal
      .find({ _id: { $in: named }, state: { $in: [...mergedStates] } })
      .toArray();
    await moveReferences(run, entries.flatMap(mergeOf), reference);
  }
}
