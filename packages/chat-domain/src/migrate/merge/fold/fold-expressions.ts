import type { FoldStrategy } from "../../../model/merge-model.ts";
import type { Expression } from "../../../model/nested-fields.ts";

/** Where an expression finds a field. */
export type FieldSource = (field: string) => Expression;

/**
 * The aggregation expression of one field after a document has been folded into another. Idempotent, and indifferent to
 * the order in which documents are folded; an absent field never makes one.
 */
export function foldedField(
  strategy: FoldStrategy,
  field: string,
  { current, incoming }: { readonly current: FieldSource; readonly incoming: FieldSource },
): Expression {
  const [mine, theirs] = [current(field), incoming(field)];
  if (strategy === "min" || strategy === "max")
    return unlessMissing(theirs, mine, { [`$${strategy}`]: [mine, theirs] });
  if (strategy === "union") return unlessMissing(theirs, mine, union(mine, theirs));
  if ("newestBy" in strategy) {
    const newer = { $gt: [incoming(strategy.newestBy), current(strategy.newestBy)] };
    return { $cond: [newer, theirs, mine] };
  }
  return mine;
}

function unlessMissing(theirs: Expression, mine: Expression, folded: Expression): Expression {
  return { $cond: [{ $eq: [{ $type: theirs }, "missing"] }, mine, folded] };
}

/** Keeps the survivor's order. */
function union(mine: Expression, theirs: Expression): Expression {
  const news = {
    $filter: { input: { $setUnion: ["$$theirs", []] }, cond: { $not: [{ $in: ["$$this", "$$mine"] }] } },
  };
  return {
    $let: {
      vars: { mine: listOf(mine), theirs: listOf(theirs) },
      in: { $concatArrays: ["$$mine", news] },
    },
  };
}

/** What is no array is one element. */
function listOf(value: Expression): Expression {
  const single = { $cond: [{ $in: [{ $type: "$$one" }, ["missing", "null"]] }, [], ["$$one"]] };
  return { $let: { vars: { one: value }, in: { $cond: [{ $isArray: "$$one" }, "$$one", single] } } };
}
