import { Int32 } from "mongodb";
import type { NativeId } from "../../../identity/native-id.ts";
import type { ExactDocument } from "../archive/exact-document.ts";
import { type Exact, isDocument } from "../archive/exact-values.ts";
import type { LeftSums } from "./contributions.ts";

/** Which copy of which chat or row has gone into a document: `foldedFrom`, written in one update with the fold. */
export interface FoldMark {
  readonly from: NativeId;
  readonly hash: string;
  /** Of the copy: an older one folds nothing. */
  readonly seq: number;
  /** Its place among all that have gone into the document. */
  readonly at: number;
  /** What the last fold of it left of sums, by place. */
  readonly left: ReadonlyMap<string, Exact>;
}

export function marksIn(document: ExactDocument, field: string): readonly FoldMark[] {
  const stored = document.get(field);
  return (Array.isArray(stored) ? (stored as Exact[]) : []).flatMap((mark): readonly FoldMark[] =>
    isDocument(mark)
      ? [
          {
            from: mark.get("from") as NativeId,
            hash: String(mark.get("hash")),
            seq: Number(mark.get("seq") ?? 0),
            at: Number(mark.get("at") ?? 0),
            left: leftIn(mark.get("left")),
          },
        ]
      : [],
  );
}

function leftIn(stored: Exact): FoldMark["left"] {
  const sums = Array.isArray(stored) ? (stored as Exact[]).filter(isDocument) : [];
  return new Map(sums.map((sum) => [String(sum.get("place")), sum.get("value")]));
}

/** As they are stored; `undefined` where there are none. */
export function storedMarks(marks: readonly FoldMark[]): Exact {
  if (marks.length === 0) return undefined;
  return marks.map(({ from, hash, seq, at, left }) => {
    const sums = [...left].map(
      ([place, value]) =>
        new Map([
          ["place", place as Exact],
          ["value", value],
        ]),
    );
    return new Map<string, Exact>([
      ["from", from],
      ["hash", hash],
      ["seq", new Int32(seq)],
      ["at", new Int32(at)],
      ...(sums.length === 0 ? [] : [["left", sums] as const]),
    ]);
  });
}

/** What a fold leaves of sums, to be written into the mark. */
export interface LeavingSums extends LeftSums {
  readonly table: Map<string, Exact>;
}

export function leavingSums(left: FoldMark["left"]): LeavingSums {
  const table = new Map(left);
  return {
    table,
    left: (place) => table.get(place),
    leave: (place, value) => void (value === undefined ? table.delete(place) : table.set(place, value)),
  };
}
