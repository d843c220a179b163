import { Decimal128, Double, Int32, Long, ObjectId } from "mongodb";
import { describe, expect, it } from "vitest";
import type { FoldStrategy } from "../../src/model/fold-strategy.ts";
import { FoldModel } from "../../src/model/merge-model.ts";
import { exactDocument } from "../../src/migrate/merge/archive/exact-document.ts";
import type { Exact } from "../../src/migrate/merge/archive/exact-values.ts";
import { foldedFields } from "../../src/migrate/merge/fold/fold-values.ts";
import { BSON, type Document } from "mongodb";

const exact = (document: Document) => exactDocument(BSON.serialize(document)) ?? new Map();
const plain = (document: unknown): Document => BSON.deserialize(BSON.serialize(document as Document));

/** What becomes of the field `f` of these documents, the survivor's first. */
function folded(strategy: unknown, ...documents: readonly Document[]): unknown {
  const fold = FoldModel.parse({ f: strategy }) as Record<string, FoldStrategy>;
  return plain(foldedFields(fold, documents.map(exact)))["f"];
}

const [one, two, three] = [
  { _id: 1, t: 10 },
  { _id: 2, t: 20 },
  { _id: 3, t: 30 },
];

describe("a field of documents that become one", () => {
  it.each<readonly [string, unknown, readonly Document[], unknown]>([
    ["min", "min", [{ f: 3 }, {}, { f: 1 }], 1],
    ["max of dates", "max", [{ f: new Date(3) }, { f: new Date(5) }, { f: null }], new Date(5)],
    ["max of texts by their bytes", "max", [{ f: "Z" }, { f: "a" }], "a"],
    ["sum", "sum", [{ f: 3 }, { f: 4 }, {}], 7],
    ["sum where the survivor has none", "sum", [{}, { f: 4 }], 4],
    ["sum with what is no number", "sum", [{ f: 3 }, { f: "x" }], 3],
    ["every", "every", [{ f: true }, { f: true }], true],
    ["every, where absence is false", "every", [{ f: true }, {}], false],
    ["some", "some", [{}, { f: true }], true],
    ["some of none", "some", [{}, { f: false }], undefined],
    ["union", "union", [{ f: ["b", "a"] }, { f: ["c", "a", "c"] }], ["b", "a", "c"]],
    ["union, of which the survivor's stays as it is", "union", [{ f: ["a", "a"] }, {}], ["a", "a"]],
    ["intersection", "intersection", [{ f: ["b", "a"] }, { f: ["a"] }], ["a"]],
    ["intersection, where absence is empty", "intersection", [{ f: ["b"] }, {}], []],
    ["union by", { union: { by: "_id" } }, [{ f: [one] }, { f: [{ _id: 1, t: 99 }, two] }], [one, two]],
    [
      "union by, in order",
      { union: { by: "_id", orderBy: "t" } },
      [{ f: [one, three] }, { f: [two] }],
      [one, two, three],
    ],
    [
      "union by the newest",
      { union: { by: "_id", newestBy: "t" } },
      [{ f: [one] }, { f: [{ _id: 1, t: 99 }] }],
      [{ _id: 1, t: 99 }],
    ],
    [
      "union by with fields that fold",
      { union: { by: "u", fold: { n: "sum", at: "max" } } },
      [{ f: [{ u: "a", n: 1, at: 5, x: 1 }] }, { f: [{ u: "a", n: 2, at: 3, x: 2 }] }],
      [{ u: "a", n: 3, at: 5, x: 1 }],
    ],
    [
      "union by, with what has no key",
      { union: { by: "_id" } },
      [{ f: [{ m: "hi" }] }, { f: [{ m: "hi" }, "text"] }],
      [{ m: "hi" }, { m: "hi" }, "text"],
    ],
    ["intersection by", { intersection: { by: "_id" } }, [{ f: [one, two] }, { f: [two, three] }], [two]],
    ["concat", { concat: {} }, [{ f: [one] }, { f: [one, two] }], [one, one, two]],
    ["concat in order", { concat: { orderBy: "t" } }, [{ f: [one, three] }, { f: [two] }], [one, two, three]],
    ["each key", { eachKey: "sum" }, [{ f: { a: 1, b: 2 } }, { f: { b: 3, c: 4 } }], { a: 1, b: 5, c: 4 }],
    ["each key of every", { eachKey: "every" }, [{ f: { a: true } }, { f: {} }], { a: false }],
    [
      "each key of documents",
      { eachKey: { fold: { n: "sum", at: "max" } } },
      [{ f: { a: { n: 1, at: 2 } } }, { f: { a: { n: 2, at: 1 }, b: { n: 1 } } }],
      { a: { n: 3, at: 2 }, b: { n: 1 } },
    ],
    [
      "each key of documents, of which a document without the key has nothing",
      { eachKey: { fold: { off: "every", seen: "intersection", n: "sum" } } },
      [
        { f: { a: { off: true, seen: [1], n: 1 }, b: { off: true, x: 1 } } },
        { f: { c: { off: true, n: 2, x: 1 } } },
      ],
      { a: { off: false, seen: [], n: 1 }, b: { off: false, x: 1 }, c: { n: 2, x: 1 } },
    ],
    [
      "each key by the newest",
      { eachKey: { newestBy: "at" } },
      [{ f: { a: { n: 1, at: 2 } } }, { f: { a: { n: 2, at: 3 } } }],
      { a: { n: 2, at: 3 } },
    ],
    ["the newest inside", { newestBy: "f.at" }, [{ f: { at: 1 } }, { f: { at: 2 } }, { f: null }], { at: 2 }],
    ["a map where there is a text", { eachKey: "sum" }, [{ f: "x" }, { f: { a: 1 } }], "x"],
  ])("%s", (_name, strategy, documents, expected) => {
    expect(folded(strategy, ...documents)).toEqual(expected);
  });

  it("holds the newest value, of three, whatever empty ones say of their time", () => {
    const fold = FoldModel.parse({ last: { newestBy: "at" }, at: "max" });
    const documents = [
      { last: "a", at: 1 },
      { last: null, at: 5 },
      { last: "c", at: 3 },
    ].map(exact);
    expect(plain(foldedFields(fold, documents))).toEqual({ last: "c", at: 5 });
  });

  it("adds as the server does: the wider type, and a long where integers overflow", () => {
    const sum = (...values: readonly unknown[]) =>
      foldedFields(
        { f: "sum" },
        values.map((f) => exact({ f })),
      ).get("f");
    expect(sum(new Int32(2_147_483_647), new Int32(1))).toEqual(Long.fromNumber(2_147_483_648));
    expect(sum(new Int32(1), new Double(2))).toEqual(new Double(3));
    expect(sum(Long.fromNumber(1), new Int32(2))).toEqual(Long.fromNumber(3));
    expect(String(sum(Decimal128.fromString("1.25"), new Int32(2)))).toBe("3.25");
    expect(String(sum(Decimal128.fromString("NaN"), new Int32(1)))).toBe("NaN");
    expect(String(sum(Decimal128.fromString("1"), new Double(-Infinity)))).toBe("-Infinity");
  });

  it("tells elements apart by their ids in every form", () => {
    const id = new ObjectId();
    const members = { f: [{ userId: id, unread: 1 }] };
    const others = { f: [{ userId: String(id), unread: 2 }] };
    expect(folded({ union: { by: "userId", fold: { unread: "sum" } } }, members, others)).toEqual([
      { userId: id, unread: 3 },
    ]);
  });

  it("reads its elements in proportion to their number", () => {
    let reads = 0;
    class CountedDocument extends Map<string, Exact> {
      override get(name: string): Exact {
        reads += 1;
        return super.get(name);
      }
    }
    const messages = (from: number, count: number) => {
      const times = Array.from({ length: count }, (_, index) => new Int32(from + index * 2));
      return new Map([["f", times.map((t) => new CountedDocument(Object.entries({ _id: t, t })))]]);
    };
    const readsOf = (count: number): number => {
      reads = 0;
      foldedFields({ f: { union: { by: "_id", orderBy: "t" } } }, [messages(0, count), messages(1, count)]);
      return reads;
    };
    const few = readsOf(1_000);
    expect(few).toBeGreaterThan(2_000);
    expect(readsOf(10_000)).toBeLessThan(20 * few);
  });
});
