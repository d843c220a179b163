import type { Filter } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import { type IdMap, idMap } from "../../identity/stored-ids.ts";
import { ownField, type OwnFieldName } from "../../model/own-names.ts";
import type { StoredDocument } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import type { PreflightReport } from "./findings.ts";

const sampleSize = 100;

/** Fields of the application in chats that bear names of ours: they would be taken for what onechat writes there. */
export async function foreignFields(ctx: MigrationContext): Promise<PreflightReport> {
  const found = [
    ...(await foreignValues(ctx)),
    ...(await foreignTombstones(ctx)),
    ...(await foreignAliases(ctx)),
  ];
  const problems = [...new Set(found)].map(
    (name) =>
      `the field ${ownField(ctx.model, name)} of ${ctx.chats.namespace} is the application's own, and onechat would write there: ` +
      'give onechat\'s names a prefix, such as "recordsPrefix": "onechat_"',
  );
  return { problems, warnings: [] };
}

/** What onechat writes there, and nothing else. */
const shapes: readonly (readonly [OwnFieldName, Filter<unknown>])[] = [
  ["mergedAt", { $type: "date" }],
  ["releasedAt", { $type: "date" }],
  ["unkeyedAt", { $type: "date" }],
  ["foldedFrom", { $elemMatch: { from: { $exists: true } } }],
];

/** One pass over the chats where there is nothing. */
async function foreignValues({ chats, model }: MigrationContext): Promise<readonly OwnFieldName[]> {
  const foreign = shapes.map(([name, shape]): readonly [OwnFieldName, Filter<StoredDocument>] => [
    name,
    { [ownField(model, name)]: { $ne: null, $not: shape } },
  ]);
  const any = { $or: foreign.map(([, filter]) => filter) };
  const found = await chats.findOne(any, { projection: { _id: 1 } });
  if (found === null) return [];
  const held = await Promise.all(
    foreign.map(([, filter]) => chats.findOne(filter, { projection: { _id: 1 } })),
  );
  return foreign.flatMap(([name], index) => ((held[index] ?? null) === null ? [] : [name]));
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
