import type { NativeId } from "../../../identity/native-id.ts";
import { groupedById, idMap, idText } from "../../../identity/stored-ids.ts";
import type { ReferenceModel } from "../../../model/merge-model.ts";
import { rootOf } from "../../../model/stored-document.ts";
import type { Run } from "../../run/run.ts";
import type { Refusal } from "../../run/write-outcome.ts";
import { changeRoots, exactRoots, type RootChange } from "./inside-moves.ts";
import { type Exact, KeysCollide, withMoves } from "./inside-values.ts";
import { confirmMoves, type EarlierMoves, type InsideDocument, keepLater } from "./later-moves.ts";
import { repointingsOf } from "./pointers.ts";
import { MergeBlocked, type Reference } from "./references-to.ts";

export interface InsideMoved {
  readonly refused: readonly { readonly reference: Reference; readonly refusal: Refusal }[];
  /** How many have changed while they were worked on. */
  readonly left: number;
}

/** The same order whenever the same moves are looked at again, as `keep-survivor` keeps the first of two duplicates' things. */
export function inOrderOfLosers<T>(moves: readonly T[], loserOf: (move: T) => NativeId): readonly T[] {
  return moves
    .map((move) => ({ move, text: idText(loserOf(move)) }))
    .toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ move }) => move);
}

/** Moves ids inside arrays of documents and among the keys of maps; one write a document, if it still is what was read. */
export async function moveInside(
  run: Run,
  model: ReferenceModel,
  { references, earlier }: { readonly references: readonly Reference[]; readonly earlier: EarlierMoves },
): Promise<InsideMoved> {
  if (references.length === 0) return { refused: [], left: 0 };
  const { collection, field } = model;
  const groups = groupedById(references, ({ id }) => id);
  const ids = groups.flatMap(([first]) => first?.id ?? []);
  const roots = await exactRoots(run.ctx, collection, { field, ids });
  const documents = groups.flatMap((some): readonly InsideDocument[] => {
    const [first] = some;
    const root = first === undefined ? undefined : roots.get(first.id);
    // Gone since.
    if (first === undefined || root === undefined) return [];
    return [{ id: first.id, root, references: inOrderOfLosers(some, ({ merge }) => merge.loser) }];
  });
  const changes = documents.map(({ id, root: from, references: some }): RootChange => {
    return { id, root: rootOf(field), from, to: afterMoves(model, from, some) };
  });
  await keepLater(run, model, { documents, earlier });
  const { changed, refusals } = await changeRoots(run, collection, changes);
  if (changed === changes.length) await confirmMoves(run, model, { documents, earlier });
  const firstOf = idMap(
    groups.flatMap(([first]) => (first === undefined ? [] : [[first.id, first] as const])),
  );
  const refused = refusals.flatMap((refusal) => {
    const id: NativeId | undefined = changes[refusal.index]?.id;
    const reference = id === undefined ? undefined : firstOf.get(id);
    return reference === undefined ? [] : [{ reference, refusal }];
  });
  return { refused, left: changes.length - changed };
}

function afterMoves(model: ReferenceModel, root: Exact, references: readonly Reference[]): Exact {
  const { collection, field, prefix } = model;
  return references.reduce((value, { merge, pointer }) => {
    if (value === null)
      throw new MergeBlocked(merge, `a document of ${collection} holds types of old (${field})`);
    try {
      return withMoves(value, field, [{ repointings: repointingsOf(pointer, prefix), policy: model }]);
    } catch (error) {
      if (!(error instanceof KeysCollide)) throw error;
      const why = "both ids are keys there, and no onConflict says what becomes of the values";
      throw new MergeBlocked(merge, `a document of ${collection} cannot follow it (${field}): ${why}`);
    }
  }, root);
}
