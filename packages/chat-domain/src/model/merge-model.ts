import { z } from "zod";
import { FieldPath } from "./field-path.ts";

const Where = z.record(z.string(), z.unknown()).default({});

/** A counter is counted anew from the documents that it counts: a sum of two counters would count retries twice. */
const Recount = z
  .strictObject({
    /** The collection whose documents are counted, and the field in which they hold the chat's id. */
    collection: z.string().min(1),
    field: FieldPath,
    /** Counts only these. */
    where: Where,
    /** Counts only documents whose `counted` field is greater than the `row` field of the document with the counter. */
    since: z.strictObject({ counted: FieldPath, row: FieldPath }).readonly().optional(),
  })
  .readonly();

/** What becomes of a field when two documents become one. */
export type FoldStrategy = z.infer<typeof FoldStrategy>;
export const FoldStrategy = z.union([
  /** `min`, `max`: of the values present. `union`: all elements of the arrays, the survivor's first. */
  z.enum(["min", "max", "union"]),
  /** The value of the document that has the greatest `newestBy` field. */
  z.strictObject({ newestBy: FieldPath }).readonly(),
  z.strictObject({ recount: Recount }).readonly(),
]);

/** Fields by path. */
export type FoldModel = z.infer<typeof FoldModel>;
export const FoldModel = z
  .record(FieldPath, FoldStrategy)
  .superRefine((fold, check) => {
    for (const [field, strategy] of Object.entries(fold)) {
      if (typeof strategy === "string" || !("newestBy" in strategy) || fold[strategy.newestBy] === "max")
        continue;
      // Of three documents the newest can only be told if the first two leave the greater time behind.
      const message = `newestBy needs "${strategy.newestBy}": "max" beside it`;
      check.addIssue({ code: "custom", path: [field], message });
    }
  })
  .readonly();

/** A field that holds the id of a chat, or an array of such ids. */
export type ReferenceModel = z.infer<typeof ReferenceModel>;
export const ReferenceModel = z
  .strictObject({
    collection: z.string().min(1),
    /** May be dotted: `room.rid`. */
    field: FieldPath,
    /**
     * What happens when a unique index does not let a document follow its chat, because the survivor has one already:
     * `keep-survivor` archives the duplicate's, `fold` folds its fields into the survivor's first.
     */
    onConflict: z.enum(["keep-survivor", "fold"]).optional(),
    /** For `onConflict: "fold"`: what becomes of which field. */
    fold: FoldModel.default({}),
  })
  .refine(({ onConflict, fold }) => (onConflict === "fold") === Object.keys(fold).length > 0, {
    path: ["fold"],
    message: 'goes together with onConflict: "fold"',
  })
  .readonly();
