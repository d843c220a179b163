import type { Document } from "mongodb";
import { isServerError } from "../../errors/mongo-errors.ts";
import { collectionOf, type MigrationContext } from "../context/migration-context.ts";
import { asMigrationError } from "../context/with-migration-errors.ts";
import type { PreflightReport } from "./findings.ts";

/** A filter of the configuration, and whose documents it selects. */
interface NamedFilter {
  readonly name: string;
  readonly collection: string;
  readonly filter: Document;
}

/** Expressions fail at a value that they are not made for, and with them every question that is asked of the collection. */
export async function unanswerableFilters(ctx: MigrationContext): Promise<PreflightReport> {
  const problems: string[] = [];
  for (const one of filtersOf(ctx)) {
    const why = await failureOf(ctx, one);
    if (why !== null)
      problems.push(
        `${one.name} fails at some document of ${one.collection}: ${why}. Let the expression make something of such a ` +
          'document too, as {"$size": {"$ifNull": ["$users", []]}} does',
      );
  }
  return { problems, warnings: [] };
}

function filtersOf({ model: { chats, references } }: MigrationContext): readonly NamedFilter[] {
  const { collection, where, survivor } = chats;
  const all: readonly NamedFilter[] = [
    { name: "chats.where", collection, filter: where },
    ...survivor.flatMap((criterion, index) =>
      "where" in criterion
        ? [{ name: `chats.survivor[${index}].where`, collection, filter: { $and: [where, criterion.where] } }]
        : [],
    ),
    ...references.map((reference, index) => ({
      name: `references[${index}].where`,
      collection: reference.collection,
      filter: reference.where,
    })),
  ];
  return all.filter(({ filter }) => JSON.stringify(filter).includes('"$expr"'));
}

async function failureOf(ctx: MigrationContext, { collection, filter }: NamedFilter): Promise<string | null> {
  try {
    await collectionOf(ctx, collection).countDocuments(filter, { collation: { locale: "simple" } });
    return null;
  } catch (error) {
    // What the server does not understand at all, or cannot answer just now, has words already.
    if (!isServerError(error) || asMigrationError(error) !== error) throw error;
    return error.message;
  }
}
