import type { Filter } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import { participantIdOrNull } from "../../identity/participant-id.ts";
import { formsOf } from "../../identity/stored-ids.ts";
import { overlaps } from "../../model/field-path.ts";
import type { ReferenceModel } from "../../model/merge-model.ts";
import { isPlainObject } from "../../model/plain-object.ts";
import type { StoredDocument } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { duplicateSets } from "./duplicate-sets.ts";
import type { PreflightReport } from "./findings.ts";
import { hasMergeable } from "./lost-content.ts";
import { serverVersion } from "./server.ts";

/** `where` may ask whether a chat refers to another one, but not to which, where that one is merged: it would select others. */
export async function comparedReferences(ctx: MigrationContext): Promise<PreflightReport> {
  const { chats, references } = ctx.model;
  const problems: string[] = [];
  for (const reference of references.filter((one) => follows(one, chats.collection))) {
    const ids = comparedWith(chats.where, reference.field).flatMap((value) =>
      participantIdOrNull(value) === null ? [] : formsOf(value as NativeId),
    );
    if (ids.length > 0 && (await hasMergeable(ctx)) && (await areAnyMerged(ctx, ids)))
      problems.push(
        `chats.where compares ${reference.field} with a chat that is merged with others, and what referred to those refers to ` +
          'it then: "where" would select other chats than before. Let it ask for a field that no reference names',
      );
  }
  return { problems, warnings: [] };
}

function follows({ collection, toField, leave }: ReferenceModel, chats: string): boolean {
  return collection === chats && toField === "_id" && leave === undefined;
}

/** All values in a filter's conditions on this field. */
function comparedWith(filter: unknown, field: string, path = ""): readonly unknown[] {
  if (Array.isArray(filter)) return filter.flatMap((one) => comparedWith(one, field, path));
  if (!isPlainObject(filter)) return path !== "" && overlaps(path, field) ? [filter] : [];
  return Object.entries(filter).flatMap(([name, inner]) => {
    if (name === "$expr" && JSON.stringify(inner).includes(`"$${field}"`))
      return comparedWith(inner, field, field);
    if (name.startsWith("$")) return comparedWith(inner, field, path);
    return comparedWith(inner, field, path === "" ? name : `${path}.${name}`);
  });
}

async function areAnyMerged(ctx: MigrationContext, ids: readonly NativeId[]): Promise<boolean> {
  const isOne: Filter<StoredDocument> = {
    $or: ["survivor", "losers"].map((name) => ({ [name]: { $in: [...ids] } })),
  };
  const stages = [...duplicateSets(ctx.model, await serverVersion(ctx)), { $match: isOne }, { $limit: 1 }];
  const found = await ctx.chats
    .aggregate(stages, { allowDiskUse: true, collation: { locale: "simple" } })
    .toArray();
  return found.length > 0;
}
