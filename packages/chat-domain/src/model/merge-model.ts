import { z } from "zod";
import { Filter } from "./filter.ts";
import { FieldPath, mapOfKeys, ReferencePath } from "./field-path.ts";
import { foldFlaws, strategyFlaws } from "./fold-flaws.ts";
import { FoldFields, FoldStrategy } from "./fold-strategy.ts";

const Where = Filter.default({});

/** Fields by path. */
export type FoldModel = Readonly<FoldFields>;
export const FoldModel = FoldFields.superRefine((fold, check) => {
  for (const { path, message } of foldFlaws(fold))
    check.addIssue({ code: "custom", path: [...path], message });
}).readonly();

/** The path of a value that is no document. */
export const wholeValue = "";

/** Of a map whose values are no documents: what becomes of a value. */
const WholeValueFold = FoldStrategy.superRefine((strategy, check) => {
  for (const { path, message } of strategyFlaws(strategy, { isDeeper: true, beside: {} }))
    check.addIssue({ code: "custom", path: [...path], message });
}).transform((strategy): FoldModel => ({ [wholeValue]: strategy }));

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
    fold: z.union([FoldModel, WholeValueFold]).prefault({}),
    /** Fields in which documents that become one may differ without a word. */
    ignore: z.array(z.string()).readonly().default([]),
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
