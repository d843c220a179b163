import type { NativeId } from "../../../identity/native-id.ts";
import { participantIdOrNull } from "../../../identity/participant-id.ts";
import { formOf, formsOf, type ScalarForm } from "../../../identity/stored-ids.ts";
import type { ReferenceModel } from "../../../model/merge-model.ts";
import { valueAt } from "../../../model/stored-document.ts";
import { collectionOf, type MigrationContext } from "../../context/migration-context.ts";
import { BatchRefused } from "../../context/migration-error.ts";
import type { Merge } from "../../context/migration-records.ts";

/** A document that refers to a loser. */
export interface Reference {
  readonly id: NativeId;
  readonly merge: Merge;
  readonly form: ScalarForm | "array";
  /** What the field holds. */
  readonly value: unknown;
}

export interface ReferencesRequest {
  readonly merges: readonly Merge[];
  readonly model: ReferenceModel;
  readonly limit: number;
}

/**
 * Documents that refer to one of these losers, not more than the limit.
 *
 * @throws MergeObstacle where the field lies inside an array of documents
 */
export async function referencesTo(
  ctx: MigrationContext,
  { merges, model: { collection, field }, limit }: ReferencesRequest,
): Promise<readonly Reference[]> {
  const byText = new Map(merges.map((merge) => [participantIdOrNull(merge.loser), merge]));
  const documents = await collectionOf(ctx, collection)
    .find(
      { [field]: { $in: merges.flatMap(({ loser }) => formsOf(loser)) } },
      { projection: { [field]: 1 }, limit },
    )
    .toArray();
  return documents.map((document) => {
    const value = valueAt(document, field);
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    const merge = values
      .map((one) => byText.get(participantIdOrNull(one)))
      .find((found) => found !== undefined);
    if (merge === undefined)
      throw new MergeObstacle(null, `${collection}.${field} is inside an array of documents`);
    return {
      id: document._id,
      merge,
      form: Array.isArray(value) ? "array" : formOf(value, merge.loser),
      value,
    };
  });
}

/** Why one loser cannot be merged; it is set aside and the others go on. */
export class MergeObstacle extends BatchRefused {
  override readonly name = "MergeObstacle";
  /** `null` when it is not the fault of a single one. */
  readonly merge: Merge | null;

  constructor(merge: Merge | null, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.merge = merge;
  }
}
