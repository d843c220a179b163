import type { z } from "zod";
import { flagOf } from "../plan/reproduce-command.ts";
import { UsageError } from "../usage-error.ts";

/** @throws UsageError with every flag that is wrong */
export function parsed<T>(schema: z.ZodType<T>, given: object): T {
  const outcome = schema.safeParse(given);
  if (outcome.success) return outcome.data;
  throw new UsageError(
    outcome.error.issues.map(({ path: [name], message }) =>
      name === "profile" ? `the profile: ${message}` : `${flagOf(String(name))}: ${message}`,
    ),
  );
}
