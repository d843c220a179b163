import type { FoldStrategy, UnionBy } from "./fold-strategy.ts";
import { overlaps } from "./field-path.ts";
import type { FoldModel, ReferenceModel } from "./merge-model.ts";
import { rootsOf } from "./nested-fields.ts";
import { rootOf } from "./stored-document.ts";

interface MergeModel {
  readonly chats: { readonly collection: string };
  readonly fold: FoldModel;
  readonly references: readonly ReferenceModel[];
}

/** References of chats to chats that lie in their own folded fields. */
export function referencesInFolds({ chats, fold, references }: MergeModel): readonly ReferenceModel[] {
  const roots = new Set(rootsOf(Object.keys(fold)));
  return references.filter(
    ({ collection, field, leave }) =>
      leave === undefined && collection === chats.collection && roots.has(rootOf(field)),
  );
}

/**
 * Why such a reference cannot follow in a field that folds. Other chats are merged before and after a fold: what that makes
 * has to be the same, and to be undone, in whatever order.
 */
export function foldOfReferenceFlaw(fold: FoldModel, reference: ReferenceModel): string | null {
  const { field } = reference;
  const [path, strategy] = Object.entries(fold).find(([name]) => overlaps(name, field)) ?? [];
  if (path === undefined || strategy === undefined) return null;
  const flaw = strategyFlaw(strategy, path, reference);
  return flaw === null ? null : `${field} refers to chats, and lies in "${path}", which folds: ${flaw}`;
}

const unfit = new Set(["intersection", "eachKey"]);
/** Where the field holds nothing but ids. */
const unfitForIds = new Set(["concat", "min", "max"]);
const leaving = `or leave the references as they are ("leave": true)`;

function strategyFlaw(strategy: FoldStrategy, path: string, reference: ReferenceModel): string | null {
  const name = typeof strategy === "string" ? strategy : (Object.keys(strategy)[0] ?? "");
  const isDepending = unfit.has(name) || (unfitForIds.has(name) && path === reference.field);
  if (isDepending)
    return `what ${name} makes of them depends on which have followed already; fold it by union or newestBy, ${leaving}`;
  const isUnion = typeof strategy === "object" && "union" in strategy;
  if (!isUnion || `${path}.${strategy.union.by}` !== reference.field || isAlike(strategy.union, reference))
    return null;
  return (
    `what the union makes of two with the same "${strategy.union.by}" the reference has to say too ("onConflict": ` +
    `"keep-survivor" for a union without "newestBy" and "fold", or "fold" with the same fields), ${leaving}`
  );
}

function isAlike({ newestBy, fold }: UnionBy, reference: ReferenceModel): boolean {
  if (newestBy !== undefined) return false;
  if (fold === undefined) return reference.onConflict === "keep-survivor";
  return JSON.stringify(reference.fold) === JSON.stringify(fold);
}
