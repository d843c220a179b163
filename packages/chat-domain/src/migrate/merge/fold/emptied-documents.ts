import { rootsOf } from "../../../model/nested-fields.ts";
import type { ExactDocument } from "../archive/exact-document.ts";
import { type Exact, exactAt, isDocument, withExact } from "../archive/exact-values.ts";
import { isNothing } from "./compare-values.ts";

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
