import { z } from "zod";

const fieldPath = /^[^$.\0][^.\0]*(\.[^$.\0][^.\0]*)*$/;

/** Whether a name is a path of fields, such as `users` or `members.userId`, and no operator. */
export function isFieldPath(name: string): boolean {
  return fieldPath.test(name);
}

export const FieldPath = z
  .string()
  .refine(isFieldPath, "a field path such as users or members.userId")
  .refine((path) => !ownFields.has(path.split(".")[0] ?? ""), "a field of onechat's own");

const ownFields: ReadonlySet<string> = new Set([
  "_id",
  "participantsKey",
  "mergedInto",
  "mergedAt",
  "aliases",
]);
