import * as fc from "fast-check";
import { BSON, type Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { exactDocument } from "../../src/migrate/merge/archive/exact-document.ts";
import type { Contribution } from "../../src/migrate/merge/fold/contributions.ts";
import { foldMemory } from "../../src/migrate/merge/fold/fold-marks.ts";
import { foldedFields, refoldedFields } from "../../src/migrate/merge/fold/fold-values.ts";
import { FoldModel } from "../../src/model/merge-model.ts";

const exact = (document: Document) => exactDocument(BSON.serialize(document)) ?? new Map();
const plain = (document: unknown): Document => BSON.deserialize(BSON.serialize(document as Document));

const element = fc.record({
  _id: fc.integer({ min: 1, max: 6 }),
  t: fc.integer({ min: 0, max: 9 }),
  n: fc.integer(),
});
const documents = fc.record(
  {
    min: fc.integer(),
    max: fc.date({ noInvalidDate: true }),
    sum: fc.nat(99),
    every: fc.boolean(),
    some: fc.boolean(),
    union: fc.array(fc.constantFrom("a", "b", "c")),
    intersection: fc.array(fc.constantFrom("a", "b", "c")),
    log: fc.array(element, { maxLength: 5 }),
    common: fc.array(element, { maxLength: 5 }),
    list: fc.array(element, { maxLength: 4 }),
    map: fc.dictionary(fc.constantFrom("a", "b", "c"), fc.nat(9)),
    docs: fc.dictionary(
      fc.constantFrom("a", "b"),
      fc.record(
        { n: fc.nat(9), at: fc.nat(9), off: fc.boolean(), seen: fc.array(fc.constantFrom("a", "b")) },
        { requiredKeys: [] },
      ),
    ),
    last: fc.option(fc.record({ at: fc.nat(9) })),
  },
  { requiredKeys: [] },
);
const everything = FoldModel.parse({
  min: "min",
  max: "max",
  sum: "sum",
  every: "every",
  some: "some",
  union: "union",
  intersection: "intersection",
  log: { union: { by: "_id", orderBy: "t", fold: { n: "sum" } } },
  common: { intersection: { by: "_id" } },
  list: { concat: { orderBy: "t" } },
  map: { eachKey: "sum" },
  docs: { eachKey: { fold: { n: "sum", at: "max", off: "every", seen: "intersection" } } },
  last: { newestBy: "last.at" },
});

describe("folds that nobody else writes to", () => {
  const given = (value: Document) => ({ value: exact(value), document: exact(value) });
  const contribution = (before: Document | null, after: Document | null): Contribution => ({
    before: before === null ? null : given(before),
    after: after === null ? null : given(after),
    memory: foldMemory(),
    isWithdrawn: after === null,
  });
  const refold = (mine: ReadonlyMap<string, unknown>, all: readonly Contribution[]) =>
    refoldedFields(everything, { mine: { value: mine, document: mine }, all, place: "" });

  it("are what all documents together make, in whatever portions they come, and nothing of them is left once all are taken out", () => {
    fc.assert(
      fc.property(documents, fc.array(documents, { minLength: 1, maxLength: 3 }), (original, others) => {
        const own = contribution(original, original);
        const made = foldedFields(everything, [original, ...others].map(exact));
        const oneByOne = others.reduce<ReadonlyMap<string, unknown>>(
          (mine, _, at) =>
            refold(mine, [
              own,
              ...others.slice(0, at).map((one) => contribution(one, one)),
              contribution(null, others[at] ?? {}),
            ]),
          exact(original),
        );
        expect(plain(oneByOne)).toEqual(plain(made));
        const again = refold(made, [own, ...others.map((one) => contribution(one, one))]);
        expect(again).toBe(made);
        const undone = refold(made, [own, ...others.map((one) => contribution(one, null))]);
        expect(plain(undone)).toEqual(original);
      }),
      { numRuns: 40 },
    );
  });

  it("follow a document that changes as if it had always been so", () => {
    fc.assert(
      fc.property(documents, documents, documents, (original, before, after) => {
        const own = contribution(original, original);
        const memory = foldMemory();
        const made = refold(exact(original), [own, { ...contribution(null, before), memory }]);
        expect(plain(made)).toEqual(plain(foldedFields(everything, [original, before].map(exact))));
        const followed = refold(made, [own, { ...contribution(before, after), memory }]);
        expect(plain(followed)).toEqual(plain(foldedFields(everything, [original, after].map(exact))));
        expect(plain(refold(followed, [own, { ...contribution(after, null), memory }]))).toEqual(original);
      }),
      { numRuns: 40 },
    );
  });
});
