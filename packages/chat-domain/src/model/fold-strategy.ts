import { z } from "zod";
import { Filter } from "./filter.ts";
import { FieldPath, MemberPath } from "./field-path.ts";

/** A counter is counted anew from the documents that it counts: a sum of two counters would count retries twice. */
const Recount = z.strictObject({
  /** The collection whose documents are counted, and the field in which they hold the chat's id. */
  collection: z.string().min(1),
  field: FieldPath,
  /** Counts only these. */
  where: Filter.default({}),
  /** Counts only documents whose `counted` field is greater than the `row` field of the document with the counter. */
  since: z.strictObject({ counted: FieldPath, row: FieldPath }).readonly().optional(),
});

/** Strategies that need no more than their name. */
const SimpleStrategy = z.enum(["min", "max", "sum", "every", "some", "union", "intersection"]);

/** What becomes of a field when two documents become one. */
export type FoldStrategy = z.infer<typeof FoldStrategy>;
export const FoldStrategy = z.union(
  [
    /** `min`, `max`, `sum`: of the values present. `every`, `some`: of truths. `union`, `intersection`: of sets. */
    SimpleStrategy,
    /** The documents of arrays, told apart by a field of theirs: each once. Of two the survivor's stays, unless said. */
    z.strictObject({
      get union() {
        return UnionBy;
      },
    }),
    /** Of such documents those that all have. */
    z.strictObject({ intersection: z.strictObject({ by: MemberPath }) }),
    /** All elements, equal ones too. */
    z.strictObject({ concat: z.strictObject({ orderBy: FieldPath.optional() }) }),
    /** A map, key by key. */
    z.strictObject({
      get eachKey() {
        return FoldStrategy;
      },
    }),
    /** A document inside a map, field by field. */
    z.strictObject({
      get fold() {
        return FoldFields;
      },
    }),
    /** The value of the document that has the greatest `newestBy` field. */
    z.strictObject({ newestBy: FieldPath }),
    z.strictObject({ recount: Recount }),
  ],
  {
    error:
      "no strategy: min, max, sum, every, some, union, intersection, {union: {by, orderBy, newestBy, fold}}, " +
      "{intersection: {by}}, {concat: {orderBy}}, {eachKey: strategy}, {fold: {field: strategy}} inside eachKey, " +
      "{newestBy: path} or {recount}",
  },
);

const UnionBy = z.strictObject({
  by: MemberPath,
  /** The order of all elements. */
  orderBy: FieldPath.optional(),
  /** Of two the one with the greater value stays. */
  newestBy: FieldPath.optional(),
  /** Of two these fields fold. */
  get fold() {
    return FoldFields.optional();
  },
});
export type UnionBy = z.infer<typeof UnionBy>;

export const FoldFields = z.record(FieldPath, FoldStrategy);
export type FoldFields = z.infer<typeof FoldFields>;
