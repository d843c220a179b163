import type { Document } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import type { ReferenceModel } from "../../model/merge-model.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { type CollectionInfo, collectionInfos } from "../preflight/collections.ts";
import { duplicateSets, idText } from "../preflight/duplicate-sets.ts";
import { hasMergeable } from "../preflight/lost-content.ts";
import { serverVersion } from "../preflight/server.ts";

export interface RefusedToFollow {
  readonly collection: string;
  readonly field: string;
  readonly chats: number;
  /** The first of them. */
  readonly examples: readonly NativeId[];
}

const examplesShown = 5;
/** The first server that can be asked so; on older ones such a duplicate is parked without having been told of. */
export const askableSince = 5.2;

/**
 * Duplicates that documents refer to which a strict validator refuses as they are: older than it, and not written since.
 * Whatever is changed of them, the server refuses it, and their chat is parked.
 */
export async function refusedToFollow(ctx: MigrationContext): Promise<readonly RefusedToFollow[]> {
  const version = await serverVersion(ctx);
  if (version < askableSince) return [];
  const infos = (await collectionInfos(ctx)).filter(isStrict);
  const found: RefusedToFollow[] = [];
  for (const reference of ctx.model.references) {
    const info = infos.find(({ name }) => name === reference.collection);
    if (info === undefined || !isAskable(reference)) continue;
    if (!(await hasMergeable(ctx))) break;
    const { collection, field } = reference;
    const { chats, examples } = await refusedBy(ctx, reference, { version, ...info });
    if (chats > 0) found.push({ collection, field, chats, examples });
  }
  return found;
}

/** A row for which another stands is archived, and does not move; the server looks up neither keys nor a `$id`. */
export function isAskable({ leave, onConflict, field }: ReferenceModel): boolean {
  return leave !== true && onConflict === undefined && !field.includes("$");
}

/** A moderate one leaves alone what does not satisfy it already. */
function isStrict({
  options: { validator = {}, validationLevel, validationAction },
}: CollectionInfo): boolean {
  const isSaid = (validationLevel ?? "strict") === "strict" && validationAction !== "warn";
  return isSaid && Object.keys(validator as object).length > 0;
}

function refusedBy(
  ctx: MigrationContext,
  reference: ReferenceModel,
  { options: { validator }, version }: CollectionInfo & { readonly version: number },
): Promise<RefusedDuplicates> {
  return refusedAmong(ctx, version, [
    ...heldForms(ctx, reference, { whose: "losers", version }),
    {
      $lookup: {
        from: reference.collection,
        localField: "forms",
        foreignField: reference.field,
        pipeline: [
          { $match: { $and: [reference.where, { $nor: [validator as Document] }] } },
          { $limit: 1 },
          { $project: { _id: 1 } },
        ],
        as: "refused",
      },
    },
  ]);
}

export type RefusedDuplicates = Pick<RefusedToFollow, "chats" | "examples">;

/** Of all duplicates (`losers`) those for which these stages find something `refused`. */
export async function refusedAmong(
  ctx: MigrationContext,
  version: number,
  looked: readonly Document[],
): Promise<RefusedDuplicates> {
  const stages = [
    ...duplicateSets(ctx.model, version),
    { $unwind: "$losers" },
    ...looked,
    { $match: { "refused.0": { $exists: true } } },
    {
      $group: {
        _id: null,
        chats: { $sum: 1 },
        examples: { $firstN: { input: "$losers", n: examplesShown } },
      },
    },
  ];
  const [found] = await ctx.chats
    .aggregate<RefusedDuplicates>(stages, { allowDiskUse: true, collation: { locale: "simple" } })
    .toArray();
  return found ?? { chats: 0, examples: [] };
}

/** `forms`: what a document may hold that refers to the duplicate, or to its survivor. */
export function heldForms(
  { model }: MigrationContext,
  { toField, prefix }: ReferenceModel,
  { whose, version }: { readonly whose: "losers" | "survivor"; readonly version: number },
): readonly Document[] {
  const isId = toField === "_id";
  const value = isId ? `$${whose}` : { $first: `$chat.${toField}` };
  const looked = {
    $lookup: { from: model.chats.collection, localField: whose, foreignField: "_id", as: "chat" },
  };
  const text = { $ifNull: [idText("$value", version), "$value"] };
  const forms =
    prefix === "" ? { $setUnion: [["$value", text]] } : [{ $concat: [{ $literal: prefix }, text] }];
  return [...(isId ? [] : [looked]), { $set: { value } }, { $set: { forms } }, { $unset: "chat" }];
}
