import { ownerField, participantFields } from "../../model/participants-place.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { ordersOfPeople } from "./duplicate-sets.ts";
import { nothingFound, type PreflightReport } from "./findings.ts";
import { hasMergeable } from "./lost-content.ts";
import { serverVersion } from "./server.ts";

/**
 * Where most sets of people are two chats that stand crossed, everybody may have a chat document of their own: then no two
 * of them are duplicates.
 */
export async function crossedChats(ctx: MigrationContext): Promise<PreflightReport> {
  const { model } = ctx;
  const fields = participantFields(model);
  if (fields === null || ownerField(model) !== null || !(await hasMergeable(ctx))) return nothingFound;
  const version = await serverVersion(ctx);
  const isCrossed = { $and: [{ $eq: ["$chats", 2] }, { $eq: [{ $size: "$orders" }, 2] }] };
  const [found] = await ctx.chats
    .aggregate<{ readonly sets: number; readonly crossed: number }>(
      [
        ...ordersOfPeople(model, version),
        { $group: { _id: null, sets: { $sum: 1 }, crossed: { $sum: { $cond: [isCrossed, 1, 0] } } } },
      ],
      { allowDiskUse: true, collation: { locale: "simple" } },
    )
    .toArray();
  if (found === undefined || found.crossed * 2 <= found.sets) return nothingFound;
  return { problems: [], warnings: [crossedText(found, fields)] };
}

function crossedText(
  { sets, crossed }: { readonly sets: number; readonly crossed: number },
  fields: readonly string[],
): string {
  return (
    `${crossed} of ${sets} sets of people have two chats that stand crossed (one's ${fields[0]} is the other's ${fields.at(-1)}): ` +
    "has everybody a chat document of their own? Then the owner's field is the scope, such as " +
    `"scope": "${fields[0]}"; without it the two become one`
  );
}
