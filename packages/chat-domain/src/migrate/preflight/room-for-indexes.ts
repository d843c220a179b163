import type { IndexDescriptionInfo } from "mongodb";
import { chatIndexes, existingIndexes } from "../../store/key-index.ts";
import { collectionOf, type MigrationContext } from "../context/migration-context.ts";
import type { PreflightReport } from "./findings.ts";
import { missingReferenceIndexes } from "./reference-indexes.ts";

/** The server's bound for one collection. */
const mostIndexes = 64;

interface NewIndex {
  readonly collection: string;
  readonly key: object;
  readonly name: string;
}

function isForSome({ partialFilterExpression, hidden }: IndexDescriptionInfo): boolean {
  return partialFilterExpression !== undefined || hidden === true;
}

/** Indexes that are to be built need a name that nobody has, and room. */
export async function roomForIndexes(ctx: MigrationContext): Promise<PreflightReport> {
  const { collection } = ctx.model.chats;
  const missing = await missingReferenceIndexes(ctx);
  const all: readonly NewIndex[] = [
    ...chatIndexes(ctx.model).map(({ key, options }) => ({ collection, key, name: String(options.name) })),
    ...missing.map((reference) => ({
      collection: reference.collection,
      key: { [reference.field]: 1 },
      name: `${reference.field}_1`,
    })),
  ];
  const problems: string[] = [];
  for (const { collection: name, field } of missing)
    for (const index of await existingIndexes(collectionOf(ctx, name)))
      if (isForSome(index) && Object.keys(index.key).join() === field)
        problems.push(
          `the index ${String(index.name)} of ${name} is partial or hidden, and does not find every document by ${field}: drop it, ` +
            "so that one can be built that does",
        );
  for (const name of new Set(all.map((index) => index.collection))) {
    const existing = await existingIndexes(collectionOf(ctx, name));
    const isThere = ({ key }: NewIndex): boolean =>
      existing.some((other) => JSON.stringify(other.key) === JSON.stringify(key));
    const news = all.filter((index) => index.collection === name && !isThere(index));
    for (const { name: taken, key } of news)
      if (existing.some((other) => other.name === taken))
        problems.push(
          `an index of ${name} on other fields is called ${taken}, as the one on ${Object.keys(key).join(", ")} has to be: ` +
            "drop it, and build it under another name",
        );
    if (news.length > 0 && existing.length + news.length > mostIndexes)
      problems.push(
        `${name} has ${existing.length} indexes, and the server allows ${mostIndexes}: drop some, as ${news.length} more are needed`,
      );
  }
  return { problems, warnings: [] };
}
