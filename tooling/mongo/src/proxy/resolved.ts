import { z } from "zod";

/**
 * What was given, with every default decided.
 *
 * @throws Error that names each mistake
 */
export function resolved<Schema extends z.ZodType>(
  schema: Schema,
  what: string,
  given: unknown,
): z.output<Schema> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new Error(`${what} cannot be used:\n${z.prettifyError(result.error)}`);
}
