import { formsOf, idText } from "../../identity/stored-ids.ts";
import { identityProjection, recomputedKey } from "../../model/chat-document.ts";
import { mapOfKeys } from "../../model/field-path.ts";
import type { ReferenceModel } from "../../model/merge-model.ts";
import { rootOf, type StoredDocument } from "../../model/stored-document.ts";
import { collectionOf, type MigrationContext } from "../context/migration-context.ts";
import { heldValues } from "../merge/references/held-values.ts";
import { mergeable } from "./duplicate-sets.ts";
import type { PreflightReport } from "./findings.ts";
import { hasMergeable } from "./lost-content.ts";

const batch = 500;

/** Maps that have keys of two chats that become one: no index would refuse that, so it has to be said what happens. */
export async function mapKeyConflicts(ctx: MigrationContext): Promise<PreflightReport> {
  const unruly = ctx.model.references.filter(
    ({ field, leave, onConflict }) =>
      mapOfKeys(field) !== null && leave === undefined && onConflict === undefined,
  );
  const problems: string[] = [];
  for (const reference of unruly.length > 0 && (await hasMergeable(ctx)) ? unruly : []) {
    const example = await conflictIn(ctx, reference);
    if (example !== null)
      problems.push(
        `${reference.collection}.${reference.field} has keys of chats that become one (such as in ${String(example)}): say ` +
          'which value stays, with "onConflict": "keep-survivor" or "fold"',
      );
  }
  return { problems, warnings: [] };
}

/** The first document with two such keys; one pass over the collection where there is none. */
async function conflictIn(
  ctx: MigrationContext,
  { collection, field, where }: ReferenceModel,
): Promise<StoredDocument["_id"] | null> {
  const projection = { [rootOf(field)]: 1 };
  const cursor = collectionOf(ctx, collection).find(where, { projection, batchSize: batch });
  let some: StoredDocument[] = [];
  for await (const document of cursor) {
    if (heldValues(document, field).values.length > 1) some.push(document);
    if (some.length < batch) continue;
    const found = await conflictAmong(ctx, field, some);
    if (found !== null) return found;
    some = [];
  }
  return conflictAmong(ctx, field, some);
}

async function conflictAmong(
  ctx: MigrationContext,
  field: string,
  documents: readonly StoredDocument[],
): Promise<StoredDocument["_id"] | null> {
  const keys = documents.flatMap((document) => heldValues(document, field).values).map(String);
  const chats = await ctx.chats
    .find(
      { $and: [{ _id: { $in: [...new Set(keys)].flatMap(formsOf) } }, mergeable(ctx.model)] },
      { projection: identityProjection(ctx.model) },
    )
    .toArray();
  const sets = new Map(
    chats.flatMap((chat) =>
      formsOf(chat._id).map((form) => [idText(form), recomputedKey(ctx.model, chat)] as const),
    ),
  );
  const conflict = documents.find((document) => {
    const held = heldValues(document, field).values.flatMap((key) => sets.get(idText(key)) ?? []);
    return new Set(held).size < held.length;
  });
  return conflict?._id ?? null;
}
