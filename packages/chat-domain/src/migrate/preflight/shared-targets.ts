import type { Document } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import { ownField } from "../../model/own-names.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import type { StoredDocument } from "../../model/stored-document.ts";
import { targetFields } from "../merge/shared-values.ts";
import { duplicateSets, idText } from "./duplicate-sets.ts";
import type { PreflightReport } from "./findings.ts";
import { hasMergeable } from "./lost-content.ts";
import { serverVersion } from "./server.ts";

/** Values by which references would follow, and which a chat of other people has as well. */
export async function sharedTargets(ctx: MigrationContext): Promise<PreflightReport> {
  const problems: string[] = [];
  const fields = targetFields(ctx.model);
  for (const field of fields.length > 0 && (await hasMergeable(ctx)) ? fields : []) {
    const found = await sharedBy(ctx, field);
    if (found !== null)
      problems.push(
        `${found.sets} ${found.sets === 1 ? "set of duplicates shares its" : "sets of duplicates share their"} ${field} with a chat of ` +
          `other people (such as ${String(found.example)}), and references refer to it: nothing tells whose is what. Where ` +
          "all of them are one conversation, give it one value first, in its chats and in what refers to them",
      );
  }
  const twin = ctx.model.references.length > 0 ? await twinId(ctx) : null;
  return { problems: twin === null ? problems : [...problems, twin], warnings: [] };
}

/** The `_id` of a duplicate that another chat has as well, as text or not: what refers to one may mean the other. */
async function twinId(ctx: MigrationContext): Promise<string | null> {
  if (!(await hasMixedIds(ctx)) || !(await hasMergeable(ctx))) return null;
  const found = await sharedBy(ctx, "_id");
  return found === null
    ? null
    : `the _id of a duplicate is, in another type, that of another chat (${String(found.example)}), and nothing tells which of ` +
        "them a reference means: make one of them anew with another _id, and change what refers to it";
}

async function hasMixedIds({ chats }: MigrationContext): Promise<boolean> {
  const first = ($type: Document["$type"]): Promise<StoredDocument | null> =>
    chats.findOne({ _id: { $type } }, { projection: { _id: 1 } });
  if ((await first("string")) === null) return false;
  return (await first(["objectId", "int", "long", "double", "binData"])) !== null;
}

interface Shared {
  readonly sets: number;
  /** The chat of other people. */
  readonly example: NativeId;
}

async function sharedBy(ctx: MigrationContext, field: string): Promise<Shared | null> {
  const { collection } = ctx.model.chats;
  const version = await serverVersion(ctx);
  const mergedInto = `$$holder.${ownField(ctx.model, "mergedInto")}`;
  const isOwn = [
    ...(field === "_id" ? [] : [{ $in: ["$$holder._id", "$all"] }]),
    { $in: [mergedInto, "$all"] },
  ];
  const outside = { $filter: { input: "$holders", as: "holder", cond: { $not: [{ $or: isOwn }] } } };
  const others = { $filter: { input: otherForms("$values", version), cond: { $ne: ["$$this", null] } } };
  // Each chat has its own _id.
  const forms = field === "_id" ? others : { $setUnion: ["$values", others] };
  const [found] = await ctx.chats
    .aggregate<Shared>(
      [
        ...duplicateSets(ctx.model, version),
        { $project: { all: { $concatArrays: ["$losers", ["$survivor"]] } } },
        { $lookup: { from: collection, localField: "all", foreignField: "_id", as: "chats" } },
        { $project: { all: 1, values: { $setUnion: [`$chats.${field}`, []] } } },
        // Where all of them have the same value nothing follows.
        { $match: { "values.1": { $exists: true } } },
        { $set: { forms } },
        { $lookup: { from: collection, localField: "forms", foreignField: field, as: "holders" } },
        { $project: { outside } },
        { $match: { "outside.0": { $exists: true } } },
        { $group: { _id: null, sets: { $sum: 1 }, example: { $min: { $first: "$outside._id" } } } },
        { $project: { _id: 0 } },
      ],
      { allowDiskUse: true, collation: { locale: "simple" } },
    )
    .toArray();
  return found ?? null;
}

/** The same ids in the types in which they are not stored, `null` where there is none. */
function otherForms(values: string, version: number): Document {
  const text = idText("$$this", version);
  const other = {
    $cond: [
      { $eq: [{ $type: "$$this" }, "string"] },
      { $ifNull: [parsed("long"), parsed("objectId")] },
      text,
    ],
  };
  return { $map: { input: values, as: "this", in: other } };
}

/** What a text is in another type, if it is written as that is. */
function parsed(to: string): Document {
  const value = { $convert: { input: "$$this", to, onError: null, onNull: null } };
  return { $cond: [{ $eq: [{ $toString: value }, "$$this"] }, value, null] };
}
