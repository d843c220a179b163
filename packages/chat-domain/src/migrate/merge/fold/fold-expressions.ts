import type { Document } from "mongodb";
import type { FoldStrategy } from "../../../model/merge-model.ts";

/** Where an expression finds a field. */
export type FieldSource = (field: string) => string;

/**
 * The aggregation expression of one field after a document has been folded into another. Idempotent, and indifferent to
 * the order in which documents are folded; an absent field never makes one.
 */
export function foldedField(
  strategy: FoldStrategy,
  field: string,
  { current, incoming }: { readonly current: FieldSource; readonly incoming: FieldSource },
): Document | string {
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

function unlessMissing(theirs: string, mine: string, folded: Document): Document {
  return { $cond: [{ $eq: [{ $type: theirs }, "missing"] }, mine, folded] };
}

/** Keeps the survivor's order. */
function union(mine: string, theirs: string): Document {
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
function listOf(value: string): Document {
  const single = { $cond: [{ $in: [{ $type: value }, ["missing", "null"]] }, [], [value]] };
  return { $cond: [{ $isArray: value }, value, single] };
}
