import type { NativeId } from "../../../identity/native-id.ts";
import { idText } from "../../../identity/stored-ids.ts";
import { mapOfKeys } from "../../../model/field-path.ts";
import type { ReferenceModel } from "../../../model/merge-model.ts";
import { rootOf, type StoredDocument } from "../../../model/stored-document.ts";
import { collectionOf, type MigrationContext } from "../../context/migration-context.ts";
import { BatchRefused } from "../../context/migration-error.ts";
import type { Merge } from "../../context/migration-records.ts";
import { asStored } from "./as-stored.ts";
import { heldValues, type HeldValues } from "./held-values.ts";
import { inTypeOf, type Pointer, pointersOf, type Repointing, repointingsOf } from "./pointers.ts";

/** A document that refers to a loser; one that refers to several is as many references. */
export interface Reference {
  readonly id: NativeId;
  readonly merge: Merge;
  readonly pointer: Pointer;
  readonly kind: HeldValues["kind"];
  /** The stored value that names the loser, and what it becomes. */
  readonly stored: Repointing;
}

export interface ReferencesRequest {
  readonly merges: readonly Merge[];
  readonly model: ReferenceModel;
  readonly limit: number;
}

/** Ids that equal each other equal each other, whatever a collection makes of upper and lower case. */
const simple = { locale: "simple" } as const;

/** Whether what refers to a loser by this field can be found by an index, and follows. */
function isFollowing({ field, leave }: Pick<ReferenceModel, "field" | "leave">): boolean {
  return leave === undefined && mapOfKeys(field) === null;
}

/** What refers to one of these losers, of not more documents than the limit. Keys of maps are not found by any index. */
export async function referencesTo(
  ctx: MigrationContext,
  { merges, model, limit }: ReferencesRequest,
): Promise<readonly Reference[]> {
  if (!isFollowing(model)) return [];
  const pointers = await pointersOf(ctx, merges, model);
  if (pointers.length === 0) return [];
  const { collection, field, prefix, where } = model;
  const known = storedForms(pointers, prefix);
  const forms = [...known.values()].map(({ stored }) => stored.from);
  const documents = await collectionOf(ctx, collection)
    .find(
      { $and: [{ [field]: { $in: forms } }, where] },
      { projection: { [rootOf(field)]: 1 }, limit, collation: simple, raw: true },
    )
    .toArray();
  const references: Reference[] = [];
  for (const bytes of documents) {
    if (references.length >= limit) break;
    references.push(...referencesIn(asStored(bytes) as StoredDocument, field, known));
  }
  return references;
}

/** One for each loser that is named: a list may name several, and all of them move at once. */
function referencesIn(
  document: StoredDocument,
  field: string,
  known: ReadonlyMap<string, StoredForm>,
): readonly Reference[] {
  const { kind, values } = heldValues(document, field);
  const found = new Map<Pointer, Reference>();
  for (const value of values) {
    const form = known.get(idText(value));
    if (form === undefined || found.has(form.pointer)) continue;
    const { pointer, stored } = form;
    // A number is found whatever its type, and goes back as what it was.
    const as = kind === "scalar" ? { from: value as NativeId, to: inTypeOf(value, stored.to) } : stored;
    found.set(pointer, { id: document._id, merge: pointer.merge, pointer, kind, stored: as });
  }
  return [...found.values()];
}

interface StoredForm {
  readonly pointer: Pointer;
  readonly stored: Repointing;
}

/** By the text of what is stored. */
export function storedForms(pointers: readonly Pointer[], prefix: string): ReadonlyMap<string, StoredForm> {
  return new Map(
    pointers.flatMap((pointer) =>
      repointingsOf(pointer, prefix).map((stored) => [idText(stored.from), { pointer, stored }] as const),
    ),
  );
}

/** Why one loser cannot be merged; it is set aside and the others go on. */
export class MergeBlocked extends BatchRefused {
  override readonly name = "MergeBlocked";
  /** `null` when it is not the fault of a single one. */
  readonly merge: Merge | null;

  constructor(merge: Merge | null, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.merge = merge;
  }
}
