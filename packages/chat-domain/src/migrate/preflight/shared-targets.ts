import type { NativeId } from "../../identity/native-id.ts";
import { ownField } from "../../model/own-names.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { targetFields } from "../merge/shared-values.ts";
import { duplicateSets } from "./duplicate-sets.ts";
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
  return { problems, warnings: [] };
}

interface Shared {
  readonly sets: number;
  /** The chat of other people. */
  readonly example: NativeId;
}

async function sharedBy(ctx: MigrationContext, field: string): Promise<Shared | null> {
  const { collection } = ctx.model.chats;
  const mergedInto = `$$holder.${ownField(ctx.model, "mergedInto")}`;
  const outside = {
    $filter: {
      input: "$holders",
      as: "holder",
      cond: { $not: [{ $or: [{ $in: ["$$holder._id", "$all"] }, { $in: [mergedInto, "$all"] }] }] },
    },
  };
  const [found] = await ctx.chats
    .aggregate<Shared>(
      [
        ...duplicateSets(ctx.model, await serverVersion(ctx)),
        { $project: { all: { $concatArrays: ["$losers", ["$survivor"]] } } },
        { $lookup: { from: collection, localField: "all", foreignField: "_id", as: "chats" } },
        { $project: { all: 1, values: { $setUnion: [`$chats.${field}`, []] } } },
        // Where all of them have the same value nothing follows.
        { $match: { "values.1": { $exists: true } } },
        { $lookup: { from: collection, localField: "values", foreignField: field, as: "holders" } },
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
