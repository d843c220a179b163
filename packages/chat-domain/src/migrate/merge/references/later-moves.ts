import type { Document } from "mongodb";
import type { NativeId } from "../../../identity/native-id.ts";
import { groupedById, type IdMap, idMap, idText } from "../../../identity/stored-ids.ts";
import type { ReferenceModel } from "../../../model/merge-model.ts";
import { recordName } from "../../../model/own-names.ts";
import type { MovesRecord } from "../../context/migration-records.ts";
import { losersOf } from "../../context/migration-records.ts";
import { arrayPart, laterPart } from "../../journal/originals.ts";
import type { Run } from "../../run/run.ts";
import { type Exact, isDocument, isSame } from "../archive/exact-values.ts";
import { isEqual, originalParts } from "./inside-moves.ts";
import { partsOf, withParts } from "./inside-parts.ts";
import { asOne } from "./inside-values.ts";
import { type Repointing, repointingsOf } from "./pointers.ts";
import type { Reference } from "./references-to.ts";

/** What was recorded of moves inside documents before, by document. */
export type EarlierMoves = IdMap<readonly MovesRecord[]>;

/** To be asked before new moves are recorded. */
export async function earlierMoves(
  run: Run,
  { collection, field }: ReferenceModel,
  ids: readonly NativeId[],
): Promise<EarlierMoves> {
  if (ids.length === 0) return idMap([]);
  const filter = { "_id.form": "array", "_id.collection": collection, "_id.field": field } as const;
  const records = await run.ctx.records.moves
    .find({ ids: { $in: [...ids] }, ...filter, isInside: true })
    .toArray();
  const moves = records.flatMap((record) => record.ids.map((id) => ({ id, record })));
  return idMap(
    groupedById(moves, ({ id }) => id).flatMap((group) =>
      group.slice(0, 1).map(({ id }) => [id, group.map(({ record }) => record)] as const),
    ),
  );
}

/** What is about to move in one document. */
export interface InsideDocument {
  readonly id: NativeId;
  readonly root: Exact;
  readonly references: readonly Reference[];
}

interface InsideMoves {
  readonly documents: readonly InsideDocument[];
  readonly earlier: EarlierMoves;
}

/**
 * What the old version has made inside a document after its original was saved, an element or a key, goes into that
 * original before it moves: a rollback gives it back to the chat that it was written to.
 */
export async function keepLater(
  run: Run,
  model: ReferenceModel,
  { documents: all, earlier }: InsideMoves,
): Promise<void> {
  const documents = all.filter(({ id }) => earlier.has(id));
  if (documents.length === 0) return;
  const { collection, field } = model;
  const [part, later] = [arrayPart(field), laterPart(field)];
  const ids = documents.map(({ id }) => id);
  const saved = idMap(await originalParts(run.ctx, { collection, ids, parts: [part, later] }));
  const statements = documents.flatMap((document) => {
    const [known, pending] = [saved.get(document.id)?.get(part), saved.get(document.id)?.get(later)];
    if (known === undefined || isEqual(known, document.root)) return [];
    const before = originalBefore(model, known, { pending, document });
    const original = document.references.reduce(
      (value, reference) => withLater(model, value, { document, reference, earlier }),
      before,
    );
    const kept = new Map<string, Exact>([
      ["root", document.root],
      ["original", before],
    ]);
    return [
      { q: { _id: { collection, id: document.id } }, u: { $set: { [part]: original, [later]: kept } } },
    ];
  });
  await run.write.update(recordName(run.ctx.model, "chat_originals"), statements);
}

/** Once everything that was recorded has moved. What is not known to have may have been stopped before it did. */
export async function confirmMoves(
  run: Run,
  { collection, field }: ReferenceModel,
  { documents, earlier }: InsideMoves,
): Promise<void> {
  const kept = documents.filter(({ id }) => earlier.has(id)).map(({ id }) => ({ collection, field, id }));
  const losers = losersOf(documents.flatMap(({ references }) => references.map(({ merge }) => merge)));
  await sayMade(run, kept, { "_id.collection": collection, "_id.field": field, loser: { $in: losers } });
}

/** The same of losers that nothing refers to any more, where a run was stopped before it could say so. */
export async function confirmStoppedMoves(run: Run, losers: readonly NativeId[]): Promise<void> {
  if (losers.length === 0) return;
  const unsaid = { loser: { $in: losers }, isInside: true, isMade: { $exists: false } };
  const records = await run.ctx.records.moves.find(unsaid).toArray();
  const kept = records.flatMap(({ _id: { collection, field }, ids }) =>
    ids.map((id) => ({ collection, field, id })),
  );
  if (kept.length > 0) await sayMade(run, kept, { loser: { $in: losers } });
}

interface Kept {
  readonly collection: string;
  readonly field: string;
  readonly id: NativeId;
}

/** In this order: what is not yet said to have moved is looked for again. */
async function sayMade(run: Run, kept: readonly Kept[], moves: Document): Promise<void> {
  await run.write.update(
    recordName(run.ctx.model, "chat_originals"),
    kept.map(({ collection, field, id }) => ({
      q: { _id: { collection, id } },
      u: { $unset: { [laterPart(field)]: "" } },
    })),
  );
  await run.write.update(recordName(run.ctx.model, "chat_merge_moves"), [
    { q: { ...moves, isInside: true }, u: { $set: { isMade: true } }, multi: true },
  ]);
}

/** A run that was stopped may have kept what has not moved: then it is kept anew. */
function originalBefore(
  model: ReferenceModel,
  known: Exact,
  { pending, document }: { readonly pending: Exact; readonly document: InsideDocument },
): Exact {
  if (!isDocument(pending)) return known;
  const isUnmoved = document.references.every((reference) =>
    isAsIn(model, reference, { root: document.root, earlier: pending.get("root") }),
  );
  return isUnmoved ? pending.get("original") : known;
}

function repointings({ prefix }: ReferenceModel, { pointer }: Reference): readonly Repointing[] {
  return repointingsOf(pointer, prefix);
}

/** Whether the loser's parts of a field are as they were, or the survivor's: then nothing has moved in between. */
function isAsIn(
  model: ReferenceModel,
  reference: Reference,
  { root, earlier }: { readonly root: Exact; readonly earlier: Exact },
): boolean {
  const of = (value: Exact, side: keyof Repointing): readonly Exact[] =>
    partsOf(
      value,
      model.field,
      repointings(model, reference).map((one) => one[side]),
    );
  const there = of(root, "from");
  return (
    of(earlier, "from").every((part) => there.some((other) => isSame(part, other))) ||
    isSame(of(earlier, "to"), of(root, "to"))
  );
}

interface Later {
  readonly document: InsideDocument;
  readonly reference: Reference;
  readonly earlier: EarlierMoves;
}

/** What had not moved before is what it is now; of what had, a policy makes one with what has come since. */
function withLater(model: ReferenceModel, original: Exact, { document, reference, earlier }: Later): Exact {
  const { id, root } = document;
  const loser = idText(reference.merge.loser);
  const records = earlier.get(id)?.filter((record) => idText(record.loser) === loser) ?? [];
  const isMade = records.some((record) => record.isMade === true);
  const isFurther = isMade || (records.length > 0 && !isAsIn(model, reference, { root, earlier: original }));
  const join = (mine: Exact, theirs: Exact): readonly Exact[] => {
    const parts = [isFurther ? mine : undefined, theirs].filter((part) => part !== undefined);
    const [first, second] = parts;
    return second !== undefined && model.onConflict === "fold" ? [asOne(first, second, model)] : parts;
  };
  return withParts(original, model.field, {
    repointings: repointings(model, reference),
    present: root,
    join,
  });
}
