import type { FoldModel } from "../../../model/merge-model.ts";
import type { ExactDocument } from "../archive/exact-document.ts";
import { type Exact, exactAt, isDocument, isSame, keyText, withExact } from "../archive/exact-values.ts";
import { listOf } from "./list-folds.ts";
import type { Repointed } from "./fold-sources.ts";
import type { Returning } from "./unfold-documents.ts";

/**
 * A duplicate that becomes a chat of its own, with what was changed and deleted of its elements where they had gone. An
 * element that the duplicate itself has changed since stays as it is.
 */
export function withReturnedElements(
  fold: FoldModel,
  document: ExactDocument,
  returning: Returning & { readonly repointed: Repointed; readonly repointedBack: Repointed },
): ExactDocument {
  return Object.entries(fold).reduce((result, [path, strategy]) => {
    const by = identityPathOf(strategy);
    const elements = exactAt(document, path);
    if (by === null || !Array.isArray(elements)) return result;
    const keyed = (holder: ExactDocument): ReadonlyMap<string, Exact> =>
      keyedElements(by, exactAt(holder, path));
    const back = keyed(returning.repointedBack(returning.current));
    const own = keyed(returning.repointed(document));
    const [folded, current] = [returning.folded, returning.current].map(keyed);
    const others = new Set(returning.others.flatMap((other) => [...keyed(other).keys()]));
    const returned = (elements as readonly Exact[]).flatMap((element) => {
      const key = keyIn(by, element);
      if (key === null || others.has(key) || !isSame(own.get(key), folded?.get(key))) return [element];
      const now = current?.get(key);
      if (now === undefined) return [];
      return [isSame(now, folded?.get(key)) ? element : (back.get(key) ?? element)];
    });
    const isChanged = returned.length !== elements.length || returned.some((one, at) => one !== elements[at]);
    return isChanged ? withExact(result, path, returned) : result;
  }, document);
}

/** By which elements are told apart; in lists in which equal ones count, only an `_id` says that one is the same. */
function identityPathOf(strategy: FoldModel[string]): string | null {
  if (typeof strategy === "string") return null;
  if ("union" in strategy) return strategy.union.by;
  return "concat" in strategy ? "_id" : null;
}

function keyIn(by: string, element: Exact): string | null {
  return isDocument(element) ? keyText(exactAt(element, by)) : null;
}

function keyedElements(by: string, value: Exact): ReadonlyMap<string, Exact> {
  const keyed = new Map<string, Exact>();
  for (const element of listOf(value)) {
    const key = keyIn(by, element);
    if (key !== null && !keyed.has(key)) keyed.set(key, element);
  }
  return keyed;
}
