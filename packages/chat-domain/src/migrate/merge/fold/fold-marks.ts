import { Int32 } from "mongodb";
import type { NativeId } from "../../../identity/native-id.ts";
import type { ExactDocument } from "../archive/exact-document.ts";
import { type Exact, isDocument } from "../archive/exact-values.ts";
import type { FoldMemory, Written } from "./contributions.ts";

/** Which copy of which chat or row has gone into a document: `foldedFrom`, written in one update with the fold. */
export interface FoldMark {
  readonly from: NativeId;
  readonly hash: string;
  /** Of the copy: an older one folds nothing. */
  readonly seq: number;
  /** Its place among all that have gone into the document. */
  readonly at: number;
  readonly kept: Kept;
}

/** What a mark keeps of a {@link FoldMemory}, by place. */
export interface Kept {
  readonly left: ReadonlyMap<string, Exact>;
  readonly written: WrittenValues;
}

export type WrittenValues = ReadonlyMap<string, Written>;

export const nothingKept: Kept = { left: new Map(), written: new Map() };

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
            kept: { left: leftIn(mark.get("left")), written: writtenIn(mark.get("written")) },
          },
        ]
      : [],
  );
}

function leftIn(stored: Exact): Kept["left"] {
  return new Map(placesIn(stored).map((sum) => [String(sum.get("place")), sum.get("value")]));
}

export function writtenIn(stored: Exact): WrittenValues {
  return new Map(
    placesIn(stored).map((one) => [
      String(one.get("place")),
      { value: one.get("value"), time: one.get("time") },
    ]),
  );
}

function placesIn(stored: Exact): readonly ExactDocument[] {
  return Array.isArray(stored) ? (stored as Exact[]).filter(isDocument) : [];
}

/** As they are stored; `undefined` where there are none. */
export function storedMarks(marks: readonly FoldMark[]): Exact {
  if (marks.length === 0) return undefined;
  return marks.map(({ from, hash, seq, at, kept: { left, written } }) =>
    asDocument({
      from,
      hash,
      seq: new Int32(seq),
      at: new Int32(at),
      left: left.size === 0 ? undefined : [...left].map(([place, value]) => asDocument({ place, value })),
      written: storedWritten(written),
    }),
  );
}

export function storedWritten(written: WrittenValues): Exact {
  if (written.size === 0) return undefined;
  return [...written].map(([place, { value, time }]) => asDocument({ place, value, time }));
}

function asDocument(fields: Readonly<Record<string, Exact>>): ExactDocument {
  return new Map(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A memory that is written into a mark. */
export interface KeptMemory extends FoldMemory {
  readonly kept: Kept;
}

export function foldMemory(earlier: Partial<Kept> = {}): KeptMemory {
  const left = new Map(earlier.left);
  const written = new Map(earlier.written);
  return {
    kept: { left, written },
    left: (place) => left.get(place),
    leave: (place, value) => keep(left, place, value),
    written: (place) => written.get(place),
    write: (place, value) => keep(written, place, value),
    hasWrittenIn: (place) =>
      written.size > 0 && [...written.keys()].some((name) => `${name} `.startsWith(`${place} `)),
  };
}

function keep<T>(values: Map<string, T>, place: string, value: T | undefined): void {
  if (value === undefined) values.delete(place);
  else values.set(place, value);
}
