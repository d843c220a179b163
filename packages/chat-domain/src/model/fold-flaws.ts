import type { FoldFields, FoldStrategy, UnionBy } from "./fold-strategy.ts";

/** Why a combination of strategies says nothing that can be done. */
export interface FoldFlaw {
  readonly path: readonly string[];
  readonly message: string;
}

/** Where a strategy stands. */
export interface FoldPlace {
  /** Inside elements or values, where there are no other documents to be counted. */
  readonly isDeeper: boolean;
  /** The fields that fold beside it; a path of `newestBy` leads there, or into the value itself. */
  readonly beside: FoldFields;
}

/** Flaws of fields that fold beside each other. */
export function foldFlaws(fold: FoldFields, isDeeper = false): readonly FoldFlaw[] {
  const paths = Object.keys(fold);
  return paths.flatMap((path) => {
    const inside = paths.find((other) => other.startsWith(`${path}.`));
    return [
      ...(inside === undefined
        ? []
        : [{ path: [path], message: `"${inside}" lies inside "${path}": name one of them` }]),
      ...within(path, strategyFlaws(fold[path], { isDeeper, beside: fold }, path)),
    ];
  });
}

/** Flaws of one strategy; `field` is where it stands, unless it is for a value by itself. */
export function strategyFlaws(
  strategy: FoldStrategy | undefined,
  place: FoldPlace,
  field?: string,
): readonly FoldFlaw[] {
  if (strategy === undefined || typeof strategy === "string") return [];
  if ("newestBy" in strategy) return newestByFlaws(strategy.newestBy, place, field);
  if ("recount" in strategy) return place.isDeeper ? [uncountable] : [];
  if ("fold" in strategy)
    return field === undefined ? within("fold", foldFlaws(strategy.fold, true)) : [misplaced];
  if ("eachKey" in strategy)
    return within("eachKey", strategyFlaws(strategy.eachKey, { isDeeper: true, beside: {} }));
  return "union" in strategy ? within("union", unionFlaws(strategy.union)) : [];
}

function unionFlaws({ by, fold = {} }: UnionBy): readonly FoldFlaw[] {
  const message = "tells the elements apart, and never changes";
  const own = by in fold ? [{ path: ["fold", by], message }] : [];
  return [...own, ...within("fold", foldFlaws(fold, true))];
}

/** Of three documents the newest can only be told if the first two leave the greater time behind. */
function newestByFlaws(path: string, { beside }: FoldPlace, field: string | undefined): readonly FoldFlaw[] {
  const isInside = field === undefined || path.startsWith(`${field}.`);
  if (isInside || beside[path] === "max") return [];
  return [flaw(`newestBy needs "${path}": "max" beside it, or a path inside the value (${field}.…)`)];
}

const misplaced = flaw(
  "fold is for the documents of a map: {eachKey: {fold: …}}; name the fields by their paths",
);
const uncountable = flaw("recount counts for chats and rows, not for elements or values inside them");

function flaw(message: string): FoldFlaw {
  return { path: [], message };
}

function within(name: string, flaws: readonly FoldFlaw[]): readonly FoldFlaw[] {
  return flaws.map(({ path, message }) => ({ path: [name, ...path], message }));
}
