import { prefixesOf, rootsOf } from "../../../model/nested-fields.ts";
import type { ExactDocument } from "../archive/exact-document.ts";
import { type Exact, exactAt, isDocument, withExact } from "../archive/exact-values.ts";
import { isNothing } from "./compare-values.ts";
import { type Folding, lastWritten } from "./contributions.ts";

/**
 * A value without what folds have left empty: a document that they have made on a path of theirs, of nothing or of null,
 * goes with the last that they have put there.
 */
export function emptied(value: Exact, original: Exact, paths: readonly string[]): Exact {
  if (!isDocument(value)) return value;
  const left = rootsOf(paths).reduce<ExactDocument>((document, name) => {
    const inner = pathsInside(paths, name);
    const held = document.get(name);
    const was = isDocument(original) ? original.get(name) : undefined;
    const now = inner.length === 0 ? held : emptied(held, was, inner);
    return now === held ? document : withExact(document, name, now);
  }, value);
  return left.size === 0 && isNothing(original) ? original : left;
}

/** A value without what stands at these paths, and without the documents that hold nothing else. */
export function withoutPaths(paths: readonly string[], value: Exact): Exact {
  if (!isDocument(value)) return value;
  const without = paths.reduce((result, path) => withExact(result, path, undefined), value);
  return emptied(without, undefined, paths);
}

/** What is left of these paths behind a field. */
export function pathsInside(paths: readonly string[], name: string): readonly string[] {
  return paths.flatMap((path) => (path.startsWith(`${name}.`) ? [path.slice(name.length + 1)] : []));
}

interface Refolded {
  readonly before: ExactDocument;
  readonly after: ExactDocument;
  readonly original: Exact;
}

/** The same of a whole document, where something has changed: what the application has emptied stays so. */
export function withoutEmptied(
  paths: readonly string[],
  { before, after, original }: Refolded,
): ExactDocument {
  return rootsOf(paths).reduce((result, name) => {
    const [value, inside] = [result.get(name), pathsInside(paths, name)];
    if (value === before.get(name) || inside.length === 0) return result;
    const left = emptied(value, exactAt(original, name), inside);
    return left === value ? result : withExact(result, name, left);
  }, after);
}

/** Empty documents on the way of what folds are the application's own: what comes remembers them, and they do not go with it. */
export function noteWays(paths: readonly string[], { mine, all, place }: Folding): void {
  const isMade = (prefix: string): boolean => {
    const held = exactAt(mine.value, prefix);
    return isDocument(held) && held.size === 0;
  };
  for (const path of paths) {
    const made = parentsOf(path).filter(isMade);
    const way = wayTo(path, place);
    const known = made.length > 0 ? { value: made, time: undefined } : lastWritten({ all, place: way });
    if (known === undefined) continue;
    for (const { before, after, memory } of all) if (before !== after) memory.write(way, known);
  }
}

/** What had been there before, with the documents that {@link noteWays} has noted. */
export function withWays(
  original: Exact,
  paths: readonly string[],
  { all, place }: Pick<Folding, "all" | "place">,
): ExactDocument {
  const made = paths.flatMap((path) => {
    const noted = lastWritten({ all, place: wayTo(path, place) })?.value;
    return Array.isArray(noted) ? noted.map(String) : [];
  });
  return made.reduce<ExactDocument>(
    (document, prefix) =>
      isNothing(exactAt(document, prefix)) ? withExact(document, prefix, new Map()) : document,
    isDocument(original) ? original : new Map(),
  );
}

function parentsOf(path: string): readonly string[] {
  return prefixesOf(path).slice(0, -1);
}

/** A place inside that of the path, so that what is noted there counts as written. */
function wayTo(path: string, place: string): string {
  return place === "" ? `${path}  ` : `${place} ${path}  `;
}
