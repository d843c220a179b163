import { z } from "zod";
import { FieldPath, mapOfKeys, ReferencePath } from "./field-path.ts";

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

/** The path of a value that is no document. */
export const wholeValue = "";

/** What points at chats: a field of a collection that holds their ids, or values of another field of theirs. */
export type ReferenceModel = z.infer<typeof ReferenceModel>;
export const ReferenceModel = z
  .strictObject({
    collection: z.string().min(1),
    /**
     * A scalar, an array of ids, dotted (`room.rid`), an id inside an array of documents (`chats.chatId`), the id of a
     * DBRef (`chat.$id`), or the keys of a map (`lastRead.$*`).
     */
    field: ReferencePath,
    /** The chat's field that is referred to. */
    toField: z.union([z.literal("_id"), FieldPath]).default("_id"),
    /** Text before the id, as in `Conversation$64b…`. */
    prefix: z.string().default(""),
    /** Which documents of the collection, where one field refers to several kinds of things. */
    where: Where,
    /**
     * What happens when a document, an element of an array or a key of a map cannot follow its chat because the survivor
     * has one already: `keep-survivor` archives the duplicate's, `fold` folds its fields into the survivor's first.
     */
    onConflict: z.enum(["keep-survivor", "fold"]).optional(),
    /** For `onConflict: "fold"`: what becomes of which field; of a map whose values are no documents, of a value. */
    fold: z
      .union([FoldModel, FoldStrategy.transform((strategy): FoldModel => ({ [wholeValue]: strategy }))])
      .prefault({}),
    /** Fields in which documents that become one may differ without a word. */
    ignore: z.array(FieldPath).readonly().default([]),
    /** Named, and left as it is: what points at a duplicate goes on pointing at its tombstone. */
    leave: z.literal(true).optional(),
  })
  .refine(({ onConflict, fold }) => (onConflict === "fold") === Object.keys(fold).length > 0, {
    path: ["fold"],
    message: 'goes together with onConflict: "fold"',
  })
  .refine(({ field, fold }) => !(wholeValue in fold) || mapOfKeys(field) !== null, {
    path: ["fold"],
    message: "by field: only the values of a map are folded by one strategy",
  })
  .refine(({ leave, onConflict }) => leave === undefined || onConflict === undefined, {
    path: ["leave"],
    message: "what is left as it is needs no onConflict",
  })
  .readonly();
