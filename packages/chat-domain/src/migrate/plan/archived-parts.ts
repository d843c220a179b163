import { mapOfKeys } from "../../model/field-path.ts";
import { type ReferenceModel, wholeValue } from "../../model/merge-model.ts";
import { rootOf } from "../../model/stored-document.ts";
import type { NativeId } from "../../identity/native-id.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { exactDocument } from "../merge/archive/exact-document.ts";
import { type Exact, exactAt, isDocument, isSame, withExact } from "../merge/archive/exact-values.ts";
import { partsOf } from "../merge/references/inside-parts.ts";
import { hasMergeable } from "../preflight/lost-content.ts";
import { partsInConflict, type PartsInConflict } from "../preflight/parts-in-conflict.ts";
import { uniqueReferenceIndexes } from "../preflight/reference-indexes.ts";

/** Elements of arrays and values of maps that a policy would take out of sight although the survivor's say something else. */
export async function archivedParts(ctx: MigrationContext): Promise<readonly string[]> {
  const warnings: string[] = [];
  for (const reference of ctx.model.references) {
    if (reference.onConflict === undefined || !(await hasMergeable(ctx))) continue;
    // At the top level, or under a unique index, these are rows, of which each holds one chat.
    const isRow = !reference.field.includes(".") || (await uniqueReferenceIndexes(ctx, reference)).length > 0;
    if (isRow) continue;
    let documents = 0;
    let example: NativeId | null = null;
    for await (const conflict of partsInConflict(ctx, reference)) {
      if (!saysMore(reference, conflict)) continue;
      documents += 1;
      example ??= conflict.id;
    }
    if (example !== null) warnings.push(archivedText(reference, documents, example));
  }
  return warnings;
}

/** Whether what stands there for chats of one set differs in more than folds or is to be ignored. */
function saysMore(reference: ReferenceModel, { bytes, groups }: PartsInConflict): boolean {
  const root = exactDocument(bytes)?.get(rootOf(reference.field));
  return groups.some((values) => {
    const [first, ...others] = partsOf(root, reference.field, values).map((part) => kept(reference, part));
    return others.some((other) => !isSame(other, first));
  });
}

/** What of a part is neither the chat's id, nor folded, nor ignored. */
function kept({ field, fold, ignore }: ReferenceModel, part: Exact): Exact {
  if (wholeValue in fold || !isDocument(part)) return null;
  const isEntry = mapOfKeys(field) !== null;
  const content: Exact = isEntry ? [...part.values()][0] : part;
  if (!isDocument(content)) return content;
  const given = [...Object.keys(fold), ...ignore, "_id"];
  return [...given, ...(isEntry ? [] : [linkIn(content, field)])].reduce(
    (rest, path) => withExact(rest, path, undefined),
    content,
  );
}

/** The path of the chat's id inside an element: what is left of the reference's behind its array. */
function linkIn(element: Exact, field: string): string {
  const names = field.split(".");
  const paths = names.slice(1).map((_, at) => names.slice(at + 1).join("."));
  return paths.find((path) => exactAt(element, path) !== undefined) ?? field;
}

function archivedText(
  { collection, field, onConflict }: ReferenceModel,
  documents: number,
  example: NativeId,
): string {
  return (
    `${documents} ${documents === 1 ? "document" : "documents"} of ${collection} (such as ${String(example)}) hold more than one of the chats that ` +
    `become one in ${field}, with different content, and ${onConflict} would take the duplicates' out of sight: fold what counts ` +
    '("onConflict": "fold"), or name it in "ignore"'
  );
}
