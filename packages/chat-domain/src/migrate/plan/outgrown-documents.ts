import type { Document } from "mongodb";
import type { MigrationContext } from "../context/migration-context.ts";
import { largestDocument } from "../preflight/large-survivors.ts";
import { hasMergeable } from "../preflight/lost-content.ts";
import { serverVersion } from "../preflight/server.ts";
import {
  askableSince,
  heldForms,
  isAskable,
  refusedAmong,
  type RefusedToFollow,
} from "./refused-to-follow.ts";

/** Duplicates that documents refer to in which there is no room for the longer id of the survivor: texts alone differ in length. */
export async function outgrownDocuments(ctx: MigrationContext): Promise<readonly RefusedToFollow[]> {
  const version = await serverVersion(ctx);
  const text = await ctx.chats.findOne({ _id: { $type: "string" } }, { projection: { _id: 1 } });
  if (text === null || version < askableSince || !(await hasMergeable(ctx))) return [];
  const found: RefusedToFollow[] = [];
  for (const reference of ctx.model.references) {
    const { collection, field, where, toField } = reference;
    if (!isAskable(reference) || toField !== "_id") continue;
    const { chats, examples } = await refusedAmong(ctx, version, [
      { $set: { growth: { $subtract: [bytesOf("$survivor"), bytesOf("$losers")] } } },
      { $match: { growth: { $gt: 0 } } },
      ...heldForms(ctx, reference, { whose: "losers", version }),
      {
        $lookup: {
          from: collection,
          localField: "forms",
          foreignField: field,
          let: { growth: "$growth" },
          pipeline: [
            { $match: { $and: [where, hasNoRoomFor("$$growth")] } },
            { $limit: 1 },
            { $project: { _id: 1 } },
          ],
          as: "refused",
        },
      },
    ]);
    if (chats > 0) found.push({ collection, field, chats, examples });
  }
  return found;
}

function hasNoRoomFor(growth: string): Document {
  return { $expr: { $gt: [{ $add: [{ $bsonSize: "$$ROOT" }, growth] }, largestDocument] } };
}

/** An ObjectId takes as much as a text of seven bytes. */
function bytesOf(id: string): Document {
  return { $cond: [{ $eq: [{ $type: id }, "string"] }, { $strLenBytes: id }, 7] };
}
