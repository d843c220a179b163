import { BSON, type Document, Int32 } from "mongodb";
import { describe, expect, it } from "vitest";
import { exactDocument } from "../../src/migrate/merge/archive/exact-document.ts";
import type { Contribution } from "../../src/migrate/merge/fold/contributions.ts";
import { foldMemory } from "../../src/migrate/merge/fold/fold-marks.ts";
import { refoldedFields } from "../../src/migrate/merge/fold/fold-values.ts";
import { FoldModel } from "../../src/model/merge-model.ts";

const exact = (document: Document) => exactDocument(BSON.serialize(document)) ?? new Map();
const plain = (document: unknown): Document => BSON.deserialize(BSON.serialize(document as Document));
const [one, two, three] = [
  { _id: 1, t: 10 },
  { _id: 2, t: 20 },
  { _id: 3, t: 30 },
];

/** What becomes of `f` when a duplicate that was `before` is `after`, where the survivor was `original` and is `mine`. */
function refolded(
  strategy: unknown,
  {
    original = {},
    mine,
    before,
    after,
    left,
  }: Readonly<Record<"mine", Document>> & {
    readonly original?: Document;
    readonly before: Document | null;
    readonly after: Document | null;
    readonly left?: number;
  },
): unknown {
  const fold = FoldModel.parse({ f: strategy, t: "max" });
  const given = (document: Document | null) =>
    document === null ? null : { value: exact(document), document: exact(document) };
  const own = given(original);
  const memory = foldMemory({ left: new Map(left === undefined ? [] : [["f", new Int32(left)]]) });
  const all: readonly Contribution[] = [
    { before: own, after: own, memory: foldMemory(), isWithdrawn: false },
    { before: given(before), after: given(after), memory, isWithdrawn: after === null },
  ];
  const value = { value: exact(mine), document: exact(mine) };
  return plain(refoldedFields(fold, { mine: value, all, place: "" }))["f"];
}

describe("a folded field, when what has gone into it changes", () => {
  const byId = { union: { by: "_id", orderBy: "t" } };
  it.each<readonly [string, unknown, Parameters<typeof refolded>[1], unknown]>([
    ["a sum gets a gain", "sum", { mine: { f: 9 }, before: { f: 4 }, after: { f: 6 }, left: 7 }, 11],
    [
      "a sum takes a loss while it is what was left",
      "sum",
      { mine: { f: 7 }, before: { f: 4 }, after: { f: 0 }, left: 7 },
      3,
    ],
    [
      "a sum that was reset takes no loss",
      "sum",
      { mine: { f: 1 }, before: { f: 4 }, after: { f: 0 }, left: 7 },
      1,
    ],
    [
      "a map's document goes without its duplicate, but for what was written to it",
      { eachKey: { fold: { n: "sum" } } },
      {
        mine: { f: { u: { n: 4, pinned: true, name: "new" }, v: { n: 1 } } },
        before: { f: { u: { n: 3, pinned: true, name: "old" } } },
        after: null,
      },
      { u: { n: 1, name: "new" }, v: { n: 1 } },
    ],
    [
      "a map's document follows its duplicate in what was not written to it",
      { eachKey: { fold: { n: "sum" } } },
      {
        mine: { f: { u: { n: 4, pinned: true, name: "new" } } },
        before: { f: { u: { n: 3, pinned: true, name: "old" } } },
        after: { f: { u: { n: 3, muted: true } } },
      },
      { u: { n: 4, name: "new", muted: true } },
    ],
    [
      "a map's document of the survivor's keeps what a duplicate had as well",
      { eachKey: { fold: { n: "sum" } } },
      {
        original: { f: { u: { n: 1, pinned: true } } },
        mine: { f: { u: { n: 5, pinned: true } } },
        before: { f: { u: { n: 3, pinned: true } } },
        after: null,
      },
      { u: { n: 2, pinned: true } },
    ],
    [
      "a sum goes without its duplicate",
      "sum",
      { original: { f: 3 }, mine: { f: 9 }, before: { f: 4 }, after: null },
      5,
    ],
    [
      "a reset counter stays above zero",
      "sum",
      { original: { f: 3 }, mine: { f: 1 }, before: { f: 4 }, after: null },
      0,
    ],
    [
      "an element follows its edit",
      byId,
      {
        original: { f: [one] },
        mine: { f: [one, two] },
        before: { f: [two] },
        after: { f: [{ ...two, e: 1 }] },
      },
      [one, { ...two, e: 1 }],
    ],
    [
      "an element follows its deletion, beside a new one",
      byId,
      { original: { f: [one] }, mine: { f: [one, two, three] }, before: { f: [two] }, after: { f: [] } },
      [one, three],
    ],
    [
      "an element edited here stays",
      byId,
      { mine: { f: [{ ...two, s: 1 }] }, before: { f: [two] }, after: { f: [{ ...two, e: 1 }] } },
      [{ ...two, s: 1 }],
    ],
    [
      "an element deleted here stays so",
      byId,
      {
        original: { f: [one] },
        mine: { f: [one] },
        before: { f: [two] },
        after: { f: [{ ...two, e: 1 }, three] },
      },
      [one, three],
    ],
    [
      "elements go without their duplicate",
      byId,
      { original: { f: [one] }, mine: { f: [one, two, three] }, before: { f: [two] }, after: null },
      [one, three],
    ],
    [
      "an edited element goes without its duplicate",
      byId,
      { original: { f: [one] }, mine: { f: [one, { ...two, s: 1 }] }, before: { f: [two] }, after: null },
      [one],
    ],
    [
      "a member gains",
      { union: { by: "u", fold: { n: "sum" } } },
      {
        original: { f: [{ u: "a", n: 1 }] },
        mine: { f: [{ u: "a", n: 9 }] },
        before: { f: [{ u: "a", n: 2 }] },
        after: { f: [{ u: "a", n: 4 }] },
      },
      [{ u: "a", n: 11 }],
    ],
    [
      "a set loses what only the duplicate had",
      "union",
      { original: { f: ["a"] }, mine: { f: ["a", "b", "x"] }, before: { f: ["a", "b"] }, after: { f: [] } },
      ["a", "x"],
    ],
    [
      "a hidden chat shows again",
      "intersection",
      { original: { f: ["u", "v"] }, mine: { f: ["u", "w"] }, before: { f: ["u"] }, after: { f: [] } },
      ["w"],
    ],
    [
      "a map's key gains",
      { eachKey: "sum" },
      {
        original: { f: { a: 1 } },
        mine: { f: { a: 5, b: 1 } },
        before: { f: { a: 2 } },
        after: { f: { a: 3 } },
      },
      { a: 6, b: 1 },
    ],
    [
      "a map's key goes",
      { eachKey: "sum" },
      { original: { f: { a: 1 } }, mine: { f: { a: 5, b: 2 } }, before: { f: { b: 2 } }, after: null },
      { a: 5 },
    ],
    [
      "an equal element of two goes once",
      { concat: {} },
      { original: { f: [one] }, mine: { f: [one, one, three] }, before: { f: [one] }, after: { f: [] } },
      [one, three],
    ],
    [
      "a scalar that was written since stays",
      "max",
      { original: { f: 1 }, mine: { f: 7 }, before: { f: 9 }, after: null },
      7,
    ],
    [
      "a scalar that was not is what it was",
      "max",
      { original: { f: 1 }, mine: { f: 9 }, before: { f: 9 }, after: null },
      1,
    ],
    [
      "an older copy's time does not win",
      { newestBy: "f.at" },
      { mine: { f: { at: 8 } }, before: { f: { at: 5 } }, after: { f: { at: 7 } } },
      { at: 8 },
    ],
    [
      "a value that stays what it is becomes the newest with its time",
      { newestBy: "t" },
      { original: { f: 1, t: 5 }, mine: { f: 1, t: 5 }, before: { f: 2, t: 3 }, after: { f: 2, t: 9 } },
      2,
    ],
    [
      "a value that was written since stays, whatever a duplicate's time is",
      { newestBy: "t" },
      { original: { f: 1, t: 5 }, mine: { f: 7, t: 8 }, before: { f: 2, t: 3 }, after: { f: 2, t: 9 } },
      7,
    ],
  ])("%s", (_name, strategy, change, expected) => {
    expect(refolded(strategy, change)).toEqual(expected);
  });
});
