import type { ExactDocument } from "../archive/exact-document.ts";
import { isSameInAnyOrder, withExact } from "../archive/exact-values.ts";

interface Followed {
  readonly present: ExactDocument;
  /** The top-level fields in which references follow. */
  readonly following: ReadonlySet<string>;
  /** What folds had made before references in it followed other merges as one. */
  readonly later: () => ExactDocument;
}

/** What folds have made, as it is stored: references that followed since may have left another order. */
export function withFollowed(made: ExactDocument, { present, following, later }: Followed): ExactDocument {
  if (following.size === 0) return made;
  const ways = [made, later()];
  return [...following].reduce((result, name) => {
    const value = present.get(name);
    const isMade = ways.some((way) => isSameInAnyOrder(way.get(name), value));
    return isMade ? withExact(result, name, value) : result;
  }, made);
}
