import { z } from "zod";
import { isPlainObject } from "./plain-object.ts";

/** They run code or choose an index: the server takes them in no aggregation and beside no hint. */
const refused: ReadonlySet<string> = new Set(["$where", "$text", "$near", "$nearSphere"]);

/** A filter that may be part of any question. */
export const Filter = z
  .record(z.string(), z.unknown())
  .refine(
    (filter) => !names(filter, refused),
    "a filter without $where, $text, $near and $nearSphere, which the server cannot combine with other questions",
  )
  // It is stored as 1970, and what is later than that is everything.
  .refine((filter) => !holdsNoDate(filter), "a filter whose dates are dates");

function holdsNoDate(value: unknown): boolean {
  if (value instanceof Date) return Number.isNaN(value.getTime());
  if (Array.isArray(value)) return value.some(holdsNoDate);
  return isPlainObject(value) && Object.values(value).some(holdsNoDate);
}

function names(value: unknown, operators: ReadonlySet<string>): boolean {
  if (Array.isArray(value)) return value.some((one) => names(one, operators));
  if (!isPlainObject(value)) return false;
  return Object.entries(value).some(([name, inner]) => operators.has(name) || names(inner, operators));
}
