import { createHash } from "node:crypto";
import type { FoldStrategy } from "../../../model/fold-strategy.ts";
import type { FoldModel } from "../../../model/merge-model.ts";
import type { ExactDocument } from "../archive/exact-document.ts";
import {
  contentText,
  type Exact,
  exactAt,
  isDocument,
  isSame,
  keyText,
  withExact,
} from "../archive/exact-values.ts";
import { listOf } from "./list-folds.ts";
import type { Repointed } from "./fold-sources.ts";
import type { Returning } from "./unfold-documents.ts";

export interface ReturnedElements {
  readonly document: ExactDocument;
  /** The elements that have become others, by {@link returnedName}. */
  readonly names: readonly string[];
}

interface ReturningBetween extends Returning {
  readonly repointed: Repointed;
  readonly repointedBack: Repointed;
}

/**
 * A duplicate that becomes a chat of its own, with what was changed and deleted of its elements where they had gone. An
 * element that the duplicate itself has changed since stays as it is.
 */
export function withReturnedElements(
  fold: FoldModel,
  document: ExactDocument,
  returning: ReturningBetween,
): ReturnedElements {
  const names: string[] = [];
  const changed = Object.entries(fold).reduce((result, [path, strategy]) => {
    const by = identityPathOf(strategy);
    const elements = exactAt(document, path);
    if (by === null || !Array.isArray(elements)) return result;
    const own = elements as readonly Exact[];
    const returned = returnedList({ strategy, path, by, own, document }, returning);
    if (returned.length === own.length && returned.every((one, at) => one === own[at])) return result;
    const before = new Set(own);
    names.push(...returned.filter((one) => !before.has(one)).map((one) => returnedName(path, one)));
    return withExact(result, path, returned);
  }, document);
  return { document: changed, names };
}

interface OwnList {
  readonly strategy: FoldStrategy;
  readonly path: string;
  readonly by: string;
  readonly own: readonly Exact[];
  readonly document: ExactDocument;
}

function returnedList(list: OwnList, returning: ReturningBetween): readonly Exact[] {
  const { path, by, own, document } = list;
  const through = (repointed: Repointed, element: Exact): Exact =>
    listOf(exactAt(repointed(withExact(document, path, [element])), path))[0];
  const keyed = (holder: ExactDocument): ReadonlyMap<string, Exact> =>
    keyedElements(by, exactAt(holder, path));
  const here = keyed(returning.repointed(document));
  const [folded, current] = [keyed(returning.folded), keyed(returning.current)];
  const others = new Set(returning.others.flatMap((other) => [...keyed(other).keys()]));
  const decided = undecidable(list, returning);
  return own.flatMap((element) => {
    // Elements may be told apart by what they refer to, which is another where they were folded.
    const key = keyIn(by, through(returning.repointed, element));
    if (key === null || others.has(key) || decided.has(key)) return [element];
    // Of several with one key the first counts.
    decided.add(key);
    if (returning.memory.written(`${path} ${key}`) !== undefined) return [element];
    const isAsFolded = isSame(here.get(key), folded.get(key));
    if (!isAsFolded && !returning.returned.has(returnedName(path, element))) return [element];
    const now = current.get(key);
    if (now === undefined) return [];
    return [isSame(now, here.get(key)) ? element : through(returning.repointedBack, now)];
  });
}

/** Where all are kept, nobody knows which of several with one key has become which. */
function undecidable({ strategy, path, by, document }: OwnList, returning: Returning): Set<string> {
  const holders = isConcat(strategy) ? [document, returning.folded, returning.current] : [];
  return new Set(holders.flatMap((holder) => repeatedKeys(by, exactAt(holder, path))));
}

function repeatedKeys(by: string, value: Exact): readonly string[] {
  const known = new Set<string>();
  return listOf(value).flatMap((element) => {
    const key = keyIn(by, element);
    if (key === null) return [];
    const isRepeated = known.has(key);
    known.add(key);
    return isRepeated ? [key] : [];
  });
}

function isConcat(strategy: FoldStrategy): boolean {
  return typeof strategy !== "string" && "concat" in strategy;
}

/** By which an element is known again that was given back before it changed once more. */
function returnedName(path: string, element: Exact): string {
  return createHash("sha256")
    .update(`${path} ${contentText(element)}`)
    .digest("base64url");
}

/** By which elements are told apart; in lists in which equal ones count, only an `_id` says that one is the same. */
function identityPathOf(strategy: FoldStrategy): string | null {
  if (typeof strategy === "string") return null;
  if ("union" in strategy) return strategy.union.by;
  return isConcat(strategy) ? "_id" : null;
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
