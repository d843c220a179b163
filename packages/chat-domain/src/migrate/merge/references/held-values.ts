import { mapOfKeys } from "../../../model/field-path.ts";
import { nestedValue, type StoredDocument } from "../../../model/stored-document.ts";

/** What a document holds at the field of a reference. */
export type HeldValues =
  | { readonly kind: "scalar"; readonly values: readonly [unknown] }
  /** An array of ids. */
  | { readonly kind: "array"; readonly values: readonly unknown[] }
  /** Inside an array of documents, or as the keys of a map. */
  | { readonly kind: "inside"; readonly values: readonly unknown[] };

/** All values at a field: through arrays of documents, of an array of ids its elements, of a map its keys. */
export function heldValues(document: StoredDocument, field: string): HeldValues {
  const map = mapOfKeys(field);
  if (map !== null) return { kind: "inside", values: keysOf(nestedValue(document, map)) };
  const names = field.split(".");
  const { values, isInside } = names.reduce<{
    readonly values: readonly unknown[];
    readonly isInside: boolean;
  }>(
    (held, name) => ({
      isInside: held.isInside || held.values.some(Array.isArray),
      values: held.values.flat(Number.POSITIVE_INFINITY).map((value) => nestedValue(value, name)),
    }),
    { values: [document], isInside: false },
  );
  const [only] = values;
  if (!isInside && !Array.isArray(only)) return { kind: "scalar", values: [only] };
  return {
    kind: isInside ? "inside" : "array",
    values: isInside ? values.flat() : (only as readonly unknown[]),
  };
}

function keysOf(map: unknown): readonly string[] {
  return typeof map === "object" && map !== null && !Array.isArray(map) ? Object.keys(map) : [];
}
