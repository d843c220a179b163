import { UsageError } from "../usage-error.ts";

/** As much of a zod schema as is needed here. */
interface Schema<T> {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: T }
    | {
        readonly success: false;
        readonly error: {
          readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
        };
      };
}

/** @throws UsageError with every flag that is wrong */
export function parsed<T>(schema: Schema<T>, given: object): T {
  const outcome = schema.safeParse(given);
  if (outcome.success) return outcome.data;
  throw new UsageError(
    outcome.error.issues.map(({ path, message }) => `${flagOf(String(path[0]))}: ${message}`),
  );
}

function flagOf(name: string): string {
  if (name === "profile") return "the profile";
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
