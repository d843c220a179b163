import type { Document } from "mongodb";
import type { ChatModel } from "../../../model/chat-model.ts";
import { mapOfKeys } from "../../../model/field-path.ts";
import type { ReferenceModel } from "../../../model/merge-model.ts";

/** Whether rows of a collection may fold by this reference; keys of maps fold inside of their document. */
export function foldsRows({ onConflict, field }: ReferenceModel): boolean {
  return onConflict === "fold" && mapOfKeys(field) === null;
}

/** What the copy of a row says of the reference by which it could not follow. */
export function referenceName({ field, prefix, where }: ReferenceModel): string {
  return JSON.stringify([field, prefix, where]);
}

/** The copies of a collection's rows, without those of its other references; an earlier version did not say whose they are. */
export function copiesBy({ references }: ChatModel, reference: ReferenceModel): Document {
  const { collection } = reference;
  const all = references.filter((one) => one.collection === collection).map(referenceName);
  const others = all.filter((name) => name !== referenceName(reference));
  return { collection, ...(others.length === 0 ? {} : { by: { $nin: others } }) };
}
