import type { Document } from "mongodb";
import { keyOf } from "../../identity/participants-key.ts";
import type { ReferenceModel } from "../../model/merge-model.ts";
import { ownField } from "../../model/own-names.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { type CollectionInfo, collectionInfos } from "../preflight/collections.ts";
import { hasMergeable } from "../preflight/lost-content.ts";
import { serverVersion } from "../preflight/server.ts";
import { refusesNothing } from "./refused-by-validator.ts";
import { askableSince, heldForms, refusedAmong, type RefusedDuplicates } from "./refused-to-follow.ts";

export interface RefusedMerges extends RefusedDuplicates {
  readonly collection: string;
  /** What is written there. */
  readonly fields: readonly string[];
}

/**
 * Duplicates that a validator keeps from being merged, although their chats may have keys: it does not let pass what a
 * merge writes into them, into their survivors or into rows that fold.
 */
export async function refusedMerges(ctx: MigrationContext): Promise<readonly RefusedMerges[]> {
  const version = await serverVersion(ctx);
  const infos = (await collectionInfos(ctx)).filter((info) => !refusesNothing(info));
  if (infos.length === 0 || version < askableSince || !(await hasMergeable(ctx))) return [];
  const { chats, references } = ctx.model;
  const [mark, ...own] = (["foldedFrom", "mergedInto", "mergedAt", "aliases"] as const).map((name) =>
    ownField(ctx.model, name),
  );
  const asked = infos.flatMap((info) => [
    ...(info.name === chats.collection ? [{ info, fields: own, looked: asMerged(ctx, info) }] : []),
    ...references
      .filter((reference) => reference.collection === info.name && isFolded(reference))
      .map((reference) => ({
        info,
        fields: [mark ?? ""],
        looked: asFolded(ctx, reference, { version, ...info }),
      })),
  ]);
  const found: RefusedMerges[] = [];
  for (const { info, fields, looked } of asked) {
    const refused = await refusedAmong(ctx, version, looked);
    if (refused.chats > 0) found.push({ collection: info.name, fields, ...refused });
  }
  return found;
}

/** Those that get no key are told of already. */
function asMerged({ model }: MigrationContext, info: CollectionInfo): readonly Document[] {
  const { collection, keyField } = model.chats;
  const { validator, old } = validated(info);
  const keyed = [...old, { $set: { [keyField]: keyOf(["a", "b"], "") } }, { $match: validator }];
  const looked = (as: string, id: string, change: readonly Document[]): Document => ({
    $lookup: {
      from: collection,
      localField: id,
      foreignField: "_id",
      pipeline: [...keyed, ...change, { $match: { $nor: [validator] } }, { $project: { _id: 1 } }],
      as,
    },
  });
  const merged = { [ownField(model, "mergedInto")]: "$_id", [ownField(model, "mergedAt")]: "$$NOW" };
  return [
    looked("loser", "losers", [{ $unset: keyField }, { $set: merged }]),
    looked("kept", "survivor", [{ $set: { [ownField(model, "aliases")]: ["$_id"] } }]),
    { $set: { refused: { $concatArrays: ["$loser", "$kept"] } } },
  ];
}

/** The server looks up no keys of maps, and no `$id`. */
function isFolded({ onConflict, leave, field }: ReferenceModel): boolean {
  return onConflict === "fold" && leave !== true && !field.includes("$");
}

function asFolded(
  ctx: MigrationContext,
  reference: ReferenceModel,
  { version, ...info }: CollectionInfo & { readonly version: number },
): readonly Document[] {
  const { validator, old } = validated(info);
  return [
    ...heldForms(ctx, reference, { whose: "survivor", version }),
    {
      $lookup: {
        from: reference.collection,
        localField: "forms",
        foreignField: reference.field,
        pipeline: [
          { $match: reference.where },
          ...old,
          { $set: { [ownField(ctx.model, "foldedFrom")]: [] } },
          { $match: { $nor: [validator] } },
          { $limit: 1 },
          { $project: { _id: 1 } },
        ],
        as: "refused",
      },
    },
  ];
}

/** What does not satisfy a moderate validator already is not asked to. */
function validated({ options }: CollectionInfo): {
  readonly validator: Document;
  readonly old: readonly Document[];
} {
  const validator = options["validator"] as Document;
  return { validator, old: options["validationLevel"] === "moderate" ? [{ $match: validator }] : [] };
}
