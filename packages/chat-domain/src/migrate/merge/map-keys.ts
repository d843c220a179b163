import type { Document } from "mongodb";
import { nativeForms, type NativeId } from "../../identity/native-id.ts";
import { idText } from "../../identity/stored-ids.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import { mapOfKeys } from "../../model/field-path.ts";
import type { ReferenceModel } from "../../model/merge-model.ts";
import { rootOf, type StoredDocument } from "../../model/stored-document.ts";
import { collectionOf, type MigrationContext } from "../context/migration-context.ts";
import { type Merge, mergedStates, mergeOf } from "../context/migration-records.ts";
import type { Run } from "../run/run.ts";
import { standingOf } from "./merge-standing.ts";
import { heldValues } from "./references/held-values.ts";
import { moveEach } from "./references/move-references.ts";
import { pointersOf } from "./references/pointers.ts";
import { type Reference, storedForms } from "./references/references-to.ts";

/** References whose ids are the keys of maps: no index finds them, so that they are read from one end to the other. */
export function mapReferences(model: ChatModel): readonly ReferenceModel[] {
  return model.references.filter(({ field, leave }) => leave === undefined && mapOfKeys(field) !== null);
}

/** Documents that are read at once. */
const batch = 500;

/** How often a document that changes just now is looked at again, before the next pass gets it. */
const attempts = 5;

/** Renames losers' keys to their survivors', in one pass over every such collection. Returns how many documents changed. */
export async function moveMapKeys(run: Run, tick: () => Promise<void>): Promise<number> {
  let moved = 0;
  for (const model of mapReferences(run.ctx.model)) {
    for await (const ids of documentBatches(run.ctx, model)) {
      moved += await moveKeysIn(run, model, ids);
      await tick();
    }
  }
  return moved;
}

async function moveKeysIn(run: Run, model: ReferenceModel, ids: readonly NativeId[]): Promise<number> {
  let moved = 0;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const references = await keysOfLosers(run.ctx, model, ids);
    if (references.length === 0) break;
    const followed = await moveEach(run, model, references);
    moved += followed;
    run.count({ moved: followed });
  }
  return moved;
}

/** Documents among whose keys a merged duplicate's id is; read-only. */
export async function* duplicatesInMaps(
  ctx: MigrationContext,
): AsyncGenerator<{ readonly collection: string; readonly id: NativeId; readonly merge: Merge }> {
  for (const model of mapReferences(ctx.model)) {
    for await (const ids of documentBatches(ctx, model)) {
      for (const { id, merge } of await keysOfLosers(ctx, model, ids))
        yield { collection: model.collection, id, merge };
    }
  }
}

/** In order of their ids; a fresh query per batch. */
async function* documentBatches(
  ctx: MigrationContext,
  { collection, field, where }: ReferenceModel,
): AsyncGenerator<readonly NativeId[]> {
  const isMap = { [mapOfKeys(field) ?? field]: { $type: "object" } };
  for (let after: NativeId | null = null; ;) {
    const beyond: Document = after === null ? {} : { _id: { $ne: after } };
    const found: StoredDocument[] = await collectionOf(ctx, collection)
      .find(
        { $and: [isMap, where, beyond] },
        {
          projection: { _id: 1 },
          sort: { _id: 1 },
          hint: { _id: 1 },
          limit: batch,
          ...(after === null ? {} : { min: { _id: after } }),
        },
      )
      .toArray();
    const last = found.at(-1);
    if (last === undefined) return;
    yield found.map(({ _id }) => _id);
    if (found.length < batch) return;
    after = last._id;
  }
}

/** One reference for every loser that is a key of one of these documents and may give what it has to its survivor. */
async function keysOfLosers(
  ctx: MigrationContext,
  model: ReferenceModel,
  ids: readonly NativeId[],
): Promise<readonly Reference[]> {
  const { collection, field, prefix } = model;
  const documents = await collectionOf(ctx, collection)
    .find({ _id: { $in: [...ids] } }, { projection: { [rootOf(field)]: 1 } })
    .toArray();
  const keysOf = documents.map((document) => ({
    id: document._id,
    keys: heldValues(document, field).values,
  }));
  const merges = await mergesOfKeys(ctx, model, [...new Set(keysOf.flatMap(({ keys }) => keys.map(String)))]);
  const known = storedForms(await pointersOf(ctx, merges, model), prefix);
  return keysOf.flatMap(({ id, keys }) =>
    keys.flatMap((key): readonly Reference[] => {
      const found = known.get(idText(key));
      return found === undefined ? [] : [{ id, merge: found.pointer.merge, kind: "inside", ...found }];
    }),
  );
}

async function mergesOfKeys(
  ctx: MigrationContext,
  { toField, prefix }: ReferenceModel,
  keys: readonly string[],
): Promise<readonly Merge[]> {
  const forms = keys
    .filter((key) => key.startsWith(prefix))
    .flatMap((key) => [...nativeForms(key.slice(prefix.length))]);
  if (forms.length === 0) return [];
  const losers = toField === "_id" ? forms : await chatsWithValues(ctx, toField, forms);
  const entries = await ctx.records.journal
    .find({ _id: { $in: losers }, state: { $in: ["planned", ...mergedStates] } })
    .toArray();
  const planned = entries.filter(({ state }) => state === "planned").flatMap(mergeOf);
  const merged = entries.filter(({ state }) => state !== "planned").flatMap(mergeOf);
  return [
    ...(await standingOf(ctx, planned, { isSelected: true })).holding,
    ...(await standingOf(ctx, merged, { isSelected: false })).holding,
  ];
}

/** Tombstones and redirects by the value that referred to them. */
async function chatsWithValues(
  ctx: MigrationContext,
  field: string,
  values: readonly NativeId[],
): Promise<readonly NativeId[]> {
  const redirects = await ctx.redirects
    .find({ values: { $elemMatch: { field, from: { $in: [...values] } } } }, { projection: { _id: 1 } })
    .toArray();
  return redirects.map(({ _id }) => _id);
}
