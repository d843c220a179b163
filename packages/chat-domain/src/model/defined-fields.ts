import { isPlainObject } from "./plain-object.ts";

/** What is nested deeper, or has no end, is the driver's to refuse. */
const deepest = 200;

/**
 * Without fields that have no value. The driver would store them as null, and of null a sparse unique index takes one: the
 * second chat without an invitation code would be refused.
 */
export function definedFields(
  fields: Readonly<Record<string, unknown>>,
  depth = 0,
): Readonly<Record<string, unknown>> {
  const inner = (value: unknown): unknown =>
    isPlainObject(value) && depth < deepest ? definedFields(value, depth + 1) : value;
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, inner(value)]),
  );
}
