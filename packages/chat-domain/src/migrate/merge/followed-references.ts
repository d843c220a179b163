import type { NativeId } from "../../identity/native-id.ts";
import { participantIdOrNull } from "../../identity/participant-id.ts";
import { formsOf, idSet } from "../../identity/stored-ids.ts";
import { mapOfKeys } from "../../model/field-path.ts";
import type { ReferenceModel } from "../../model/merge-model.ts";
import { referencesInFolds } from "../../model/references-in-folds.ts";
import { rootOf } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import type { Merge } from "../context/migration-records.ts";
import type { ExactDocument } from "./archive/exact-document.ts";
import { bsonType, type Exact, exactAt, isDocument, keyText, withExact } from "./archive/exact-values.ts";
import type { Following, Repointed } from "./fold/fold-sources.ts";
import { type InsideMove, withMoves } from "./references/inside-values.ts";
import { inOrderOfLosers } from "./references/move-inside.ts";
import { pointersOf, repointingsOf } from "./references/pointers.ts";

/** These follow in what folds as they do everywhere else. */
export async function followed(ctx: MigrationContext, following: Following): Promise<Repointed> {
  const moves: FieldMove[] = [];
  for (const reference of referencesInFolds(ctx.model))
    moves.push(...(await movesOf(ctx, following, reference)));
  return (document) => moves.reduce(moved, document);
}

export interface FieldMove {
  readonly field: string;
  readonly move: InsideMove;
}

/** A document in which a reference has followed. */
export function moved(document: ExactDocument, { field, move }: FieldMove): ExactDocument {
  const root = rootOf(field);
  const value: Exact = document.get(root);
  const after = value === undefined ? undefined : withMoves(value, field, [move]);
  return after === value ? document : eachOnce(document, withExact(document, root, after), { field, move });
}

/** An array of plain ids has a survivor once where a duplicate of it was, as it has wherever ids move. */
function eachOnce(before: ExactDocument, after: ExactDocument, { field, move }: FieldMove): ExactDocument {
  const [ids, now] = [exactAt(before, field), exactAt(after, field)];
  if (!Array.isArray(ids) || !Array.isArray(now)) return after;
  const held = new Set(ids.map(keyText));
  const came = move.repointings.filter(({ from }) => held.has(keyText(from)));
  const survivors = new Set(came.map(({ to }) => keyText(to)));
  const places = new Map(now.map((id, at) => [keyText(id), at] as const).toReversed());
  const once = now.filter((id, at) => !survivors.has(keyText(id)) || places.get(keyText(id)) === at);
  return withExact(after, field, once);
}

/** One after the other where a policy makes one of two, all at once elsewhere. */
async function movesOf(
  ctx: MigrationContext,
  { pairs, documents = [], undone }: Following,
  reference: ReferenceModel,
): Promise<readonly FieldMove[]> {
  const { field, onConflict, prefix } = reference;
  const own = pairs.map((pair): Merge => ({ ...pair, epoch: 0 }));
  const isOwn = idSet(pairs.map(({ loser }) => loser));
  const others = (await mergesNamedIn(ctx, documents, reference)).filter(
    ({ loser }) => !isOwn.has(loser) && undone?.has(loser) !== true,
  );
  const pointers = await pointersOf(ctx, [...own, ...others], reference);
  const all = inOrderOfLosers(pointers, ({ merge }) => merge.loser).map((pointer) =>
    repointingsOf(pointer, prefix),
  );
  const lists = onConflict === undefined ? [all.flat()] : all;
  return lists.map((repointings) => ({ field, move: { repointings, policy: reference } }));
}

/** The merges, of whichever chats, whose duplicates documents name. */
export async function mergesNamedIn(
  { redirects }: MigrationContext,
  documents: readonly ExactDocument[],
  reference: ReferenceModel,
): Promise<readonly Merge[]> {
  const named = { $in: idsNamedIn(documents, reference) };
  if (named.$in.length === 0) return [];
  const { toField } = reference;
  const found = await redirects
    .find(toField === "_id" ? { _id: named } : { "values.from": named, "values.field": toField })
    .toArray();
  return found.map(({ _id, to }) => ({ loser: _id, survivor: to as NativeId, epoch: 0 }));
}

/** Whatever documents hold in the field of a reference, in every form of an id. */
export function idsNamedIn(
  documents: readonly ExactDocument[],
  { field, prefix }: ReferenceModel,
): readonly NativeId[] {
  const path = (mapOfKeys(field) ?? field).split(".");
  const texts = new Set(documents.flatMap((document) => valuesIn(document, path)).map(textOf));
  return [...texts].flatMap((text) =>
    text?.startsWith(prefix) === true ? formsOf(text.slice(prefix.length)) : [],
  );
}

function textOf(value: Exact): string | null {
  return participantIdOrNull(bsonType(value) === "Double" ? Number(value) : value);
}

/** Whatever stands at the end of a path, through arrays; of a map its keys. */
function valuesIn(value: Exact, [name, ...rest]: readonly string[]): readonly Exact[] {
  if (Array.isArray(value))
    return value.flatMap((element: Exact) => valuesIn(element, name === undefined ? [] : [name, ...rest]));
  if (name !== undefined) return isDocument(value) ? valuesIn(value.get(name), rest) : [];
  return isDocument(value) ? [...value.keys()] : [value];
}
