import type { Filter } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import { type IdMap, idMap } from "../../identity/stored-ids.ts";
import { ownField, type OwnFieldName, ownFieldNames } from "../../model/own-names.ts";
import type { StoredDocument } from "../../model/stored-document.ts";
import { collectionOf, type MigrationContext } from "../context/migration-context.ts";
import type { PreflightReport } from "./findings.ts";

const sampleSize = 100;

/**
 * Fields of the application that bear names of ours, in chats and in rows that fold: they would be taken for what onechat
 * writes there.
 */
export async function foreignFields(ctx: MigrationContext): Promise<PreflightReport> {
  const isAny = await hasOurs(ctx);
  const { foreign, empty } = isAny ? await unlikeOurs(ctx) : nothing;
  const inChats = new Set(
    isAny ? [...foreign, ...(await foreignTombstones(ctx)), ...(await foreignAliases(ctx))] : [],
  );
  return {
    problems: [
      ...[...inChats].map((name) => foreignText(ctx, name, ctx.model.chats.collection)),
      ...(await foreignMarks(ctx)).map((collection) => foreignText(ctx, "foldedFrom", collection)),
    ],
    warnings: empty.filter((name) => !inChats.has(name)).map((name) => emptyText(ctx, name)),
  };
}

function foreignText({ db, model }: MigrationContext, name: OwnFieldName, collection: string): string {
  return (
    `the field ${ownField(model, name)} of ${db.databaseName}.${collection} is the application's own, and onechat would write there: ` +
    'give onechat\'s names a prefix, such as "recordsPrefix": "onechat_"'
  );
}

function emptyText({ chats, model }: MigrationContext, name: OwnFieldName): string {
  return (
    `the field ${ownField(model, name)} of ${chats.namespace} is there with nothing in it, as onechat never leaves it: what onechat ` +
    "writes there, a rollback takes away with the field"
  );
}

/** Before a first run no chat has such a field: one pass tells, and nothing more is asked. */
async function hasOurs({ chats, model }: MigrationContext): Promise<boolean> {
  const any = ownFieldNames.map((name) => ({ [ownField(model, name)]: { $exists: true } }));
  return (await chats.findOne({ $or: any }, { projection: { _id: 1 } })) !== null;
}

const nothing = { foreign: [], empty: [] } as const;

const marks = { $elemMatch: { from: { $exists: true } } } as const;

/** What onechat writes there, and nothing else. */
const shapes: readonly (readonly [OwnFieldName, Filter<unknown>])[] = [
  ["mergedAt", { $type: "date" }],
  ["releasedAt", { $type: "date" }],
  ["unkeyedAt", { $type: "date" }],
  ["foldedFrom", marks],
];

/** What holds one value: of a list a filter looks at the elements. */
const single: readonly OwnFieldName[] = ["mergedInto", "mergedAt", "releasedAt", "unkeyedAt"];

type NamedFilter = readonly [OwnFieldName, Filter<StoredDocument>];

/** One pass over the chats where there is nothing. */
async function unlikeOurs({ chats, model }: MigrationContext) {
  const other: readonly NamedFilter[] = [
    ...shapes.map(
      ([name, shape]) => [name, { [ownField(model, name)]: { $ne: null, $not: shape } }] as const,
    ),
    ...single.map((name): NamedFilter => [name, { [ownField(model, name)]: { $type: "array" } }]),
    ["foldedFrom", { [ownField(model, "foldedFrom")]: { $elemMatch: { $eq: null } } }],
    // To null the server lets nobody add an element.
    ["aliases", { [ownField(model, "aliases")]: { $type: "null" } }],
  ];
  const hollow = ownFieldNames.map((name): NamedFilter => [
    name,
    { [ownField(model, name)]: { $exists: true, $in: [null, []] } },
  ]);
  const projection = { projection: { _id: 1 } } as const;
  const held = async (filters: readonly NamedFilter[]): Promise<readonly OwnFieldName[]> => {
    const found = await Promise.all(filters.map(([, filter]) => chats.findOne(filter, projection)));
    return filters.flatMap(([name], index) => ((found[index] ?? null) === null ? [] : [name]));
  };
  const any = { $or: [...other, ...hollow].map(([, filter]) => filter) };
  if ((await chats.findOne(any, projection)) === null) return nothing;
  return { foreign: await held(other), empty: await held(hollow) };
}

/** Collections whose rows fold, and hold something else where the marks of folds would be. */
async function foreignMarks(ctx: MigrationContext): Promise<readonly string[]> {
  const field = ownField(ctx.model, "foldedFrom");
  const folded = ctx.model.references.filter(({ onConflict }) => onConflict === "fold");
  const names = [...new Set(folded.map(({ collection }) => collection))];
  const other = { [field]: { $exists: true, $not: marks } };
  const found = await Promise.all(
    names.map((name) => collectionOf(ctx, name).findOne(other, { projection: { _id: 1 } })),
  );
  return names.filter((_, index) => (found[index] ?? null) !== null);
}

/** A tombstone of ours says since when it is one, or is in the journal. */
async function foreignTombstones(ctx: MigrationContext): Promise<readonly OwnFieldName[]> {
  const filter = {
    [ownField(ctx.model, "mergedInto")]: { $ne: null },
    [ownField(ctx.model, "mergedAt")]: null,
  };
  const sample = await ctx.chats.find(filter, { projection: { _id: 1 }, limit: sampleSize }).toArray();
  const known = await journaled(
    ctx,
    sample.map(({ _id }) => _id),
  );
  return sample.some(({ _id }) => !known.has(_id)) ? ["mergedInto"] : [];
}

/** Of the aliases of ours at least one is in the journal, or has a redirect. */
async function foreignAliases(ctx: MigrationContext): Promise<readonly OwnFieldName[]> {
  const field = ownField(ctx.model, "aliases");
  const sample = await ctx.chats
    .find({ [field]: { $nin: [null, []] } }, { projection: { [field]: 1 }, limit: sampleSize })
    .toArray();
  const aliases = sample.map((chat) => (Array.isArray(chat[field]) ? (chat[field] as NativeId[]) : []));
  const known = await journaled(ctx, aliases.flat());
  return aliases.some((some) => !some.some((alias) => known.has(alias))) ? ["aliases"] : [];
}

async function journaled(ctx: MigrationContext, ids: readonly NativeId[]): Promise<IdMap<true>> {
  if (ids.length === 0) return idMap([]);
  const filter = { _id: { $in: [...ids] } };
  const entries = await ctx.records.journal.find(filter, { projection: { _id: 1 } }).toArray();
  const redirects = await ctx.redirects.find(filter, { projection: { _id: 1 } }).toArray();
  return idMap([...entries, ...redirects].map(({ _id }) => [_id, true] as const));
}
