import { mergeable } from "../preflight/duplicate-sets.ts";
import type { NativeId } from "../../identity/native-id.ts";
import { canonicalText, participantIdOrNull } from "../../identity/participant-id.ts";
import { formsOf, idText } from "../../identity/stored-ids.ts";
import { ownField, ownFieldNames, recordName, recordNames } from "../../model/own-names.ts";
import { participantPaths } from "../../model/participants-place.ts";
import { type StoredDocument, valueAt } from "../../model/stored-document.ts";
import { collectionOf, type MigrationContext } from "../context/migration-context.ts";
import { targetFields } from "../merge/shared-values.ts";
import { collectionInfos } from "../preflight/collections.ts";
import { outline } from "../preflight/outline.ts";

/** Documents of each collection that are looked at. */
const sampleSize = 100;

/**
 * Fields that hold ids of chats and that no reference names, a warning each. Integers are passed over: a number that is
 * also a chat's says nothing.
 */
export async function unnamedReferences(ctx: MigrationContext): Promise<readonly string[]> {
  const { model } = ctx;
  const records = new Set(recordNames.map((name) => recordName(model, name)));
  const warnings: string[] = [];
  for (const { name, type } of await collectionInfos(ctx)) {
    if (type !== "collection" || records.has(name)) continue;
    const sample = await collectionOf(ctx, name)
      .aggregate<StoredDocument>([{ $sample: { size: sampleSize } }, { $replaceWith: outline("$$ROOT") }], {
        allowDiskUse: true,
      })
      .toArray();
    const named = namedFields(ctx, name);
    const held = sample.flatMap((document) =>
      idsIn(document, "").filter(
        ({ path }) =>
          !named.some((field) => path === field || (field !== "_id" && path.startsWith(`${field}.`))),
      ),
    );
    const chats = await selectedAmong(
      ctx,
      held.map(({ id }) => id),
    );
    const paths = new Set(held.filter(({ id }) => chats.has(idText(id))).map(({ path }) => path));
    for (const path of paths)
      warnings.push(
        `${name}.${path} holds ids of chats (seen in ${sample.length} documents), and no reference names it: they would ` +
          `go on pointing at duplicates. ${path.split(".")[0] === "_id" ? unchangeable : nameIt}`,
      );
    warnings.push(...(await unselectedReferences(ctx, name)));
  }
  return warnings;
}

/** Fields that references name with `where` or `prefix`, in documents and forms that none of them means. */
async function unselectedReferences(ctx: MigrationContext, name: string): Promise<readonly string[]> {
  const references = ctx.model.references.filter(({ collection }) => collection === name);
  const warnings: string[] = [];
  for (const field of new Set(references.map((reference) => reference.field))) {
    const plain = references.filter((reference) => reference.field === field && reference.prefix === "");
    if (plain.some(({ where }) => Object.keys(where).length === 0)) continue;
    const others = plain.length === 0 ? {} : { $nor: plain.map(({ where }) => where) };
    const sample = await collectionOf(ctx, name)
      .aggregate<StoredDocument>(
        [{ $sample: { size: sampleSize } }, { $match: others }, { $replaceWith: outline("$$ROOT") }],
        { allowDiskUse: true, collation: { locale: "simple" } },
      )
      .toArray();
    const held = sample.flatMap((document) => idsIn(document, "").filter(({ path }) => path === field));
    const chats = await selectedAmong(
      ctx,
      held.map(({ id }) => id),
    );
    const example = held.find(({ id }) => chats.has(idText(id)));
    if (example !== undefined)
      warnings.push(
        `${name}.${field} holds ids of chats that no reference selects (such as ${String(example.id)}), by "where" or ` +
          `"prefix": they would go on pointing at duplicates. ${nameIt}`,
      );
  }
  return warnings;
}

const nameIt = 'Name it, with "leave": true if that is right';
const unchangeable =
  "The server lets nobody change an _id, so none can be named: give those documents a field that holds the chat";

/** Fields that are known, and what is inside of them. */
function namedFields({ model }: MigrationContext, collection: string): readonly string[] {
  const { chats, references } = model;
  const named = references
    .filter((reference) => reference.collection === collection)
    .map(({ field }) => field);
  // A document may have the chat's own id, as its settings do; elsewhere the same id says nothing.
  if (collection !== chats.collection) return named.length === 0 ? [] : ["_id", ...named];
  const own = [chats.keyField, ...ownFieldNames.map((name) => ownField(model, name))];
  return [
    "_id",
    ...own,
    ...participantPaths(model),
    ...(chats.scope === null ? [] : [chats.scope]),
    ...targetFields(model),
    ...named,
  ];
}

interface HeldId {
  readonly path: string;
  readonly id: NativeId;
}

/** What may be an id of a chat, anywhere in a value; the keys of maps as well. */
function idsIn(value: unknown, path: string): readonly HeldId[] {
  if (Array.isArray(value)) return value.flatMap((element) => idsIn(element, path));
  if (typeof value === "number" || participantIdOrNull(value) !== null)
    return typeof value === "number" ? [] : [{ path, id: value as NativeId }];
  if (typeof value !== "object" || value === null) return [];
  const inner = (name: string): string => (path === "" ? name : `${path}.${name}`);
  if ("_bsontype" in value)
    return value._bsontype === "DBRef" ? idsIn(Reflect.get(value, "oid"), inner("$id")) : [];
  return Object.entries(value).flatMap(([name, entry]) =>
    canonicalText.objectId.test(name) || canonicalText.uuid.test(name)
      ? [{ path: inner("$*"), id: name }]
      : idsIn(entry, inner(name)),
  );
}

/** Of what may be ids, those of chats: their `_id`, or the value of another field that references go by. */
async function selectedAmong(ctx: MigrationContext, ids: readonly NativeId[]): Promise<ReadonlySet<string>> {
  const forms = [...new Map(ids.flatMap(formsOf).map((form) => [idText(form), form])).values()];
  const targets = targetFields(ctx.model);
  const isOne = { $or: ["_id", ...targets].map((field) => ({ [field]: { $in: forms } })) };
  const projection = Object.fromEntries(["_id", ...targets].map((field) => [field, 1]));
  const found = await ctx.chats.find({ $and: [isOne, mergeable(ctx.model)] }, { projection }).toArray();
  const values = found.flatMap((chat) => [
    chat._id,
    ...targets.flatMap((field) => idsIn(valueAt(chat, field), field).map(({ id }) => id)),
  ]);
  return new Set(values.flatMap(formsOf).map(idText));
}
