import fc from "fast-check";
import { expect, test } from "vitest";
import { checkHistory, checkKey } from "../../src/checker/check-history.ts";
import { evidenceOf } from "../../src/checker/evidence.ts";
import { historyOf } from "../../src/history/history.ts";
import type { HistoryLine } from "../../src/history/history-line.ts";
import { type Operation, OperationKind } from "../../src/history/operation.ts";
import { linesOf } from "../selftest/cross-check.ts";
import { correctHistory } from "../selftest/random-history.ts";
import { canBeExplained, type SmallHistory } from "../selftest/search-order.ts";
import { seededRandom } from "../../src/seeded-random.ts";

const names = ["a", "b", "c", "x", "y"] as const;
const name = fc.constantFrom(...names);
const nameOrNone = fc.constantFrom(...names, null);

const times = fc.tuple(fc.nat(9), fc.nat(6)).map(([start, lasts]) => ({ start, end: start + lasts }));
const error = { reason: "TIMEOUT", message: "" };
const failed = fc.constantFrom<Partial<Operation>>({ outcome: "fail", error }, { outcome: "unknown", error });
const retried = fc.constantFrom<Partial<Operation>>({}, {}, { retried: true });
const answer: Readonly<Record<OperationKind, fc.Arbitrary<Partial<Operation>>>> = {
  ensure: fc.record({ id: name, created: fc.boolean() }),
  find: fc.record({ id: nameOrNone }),
  resolve: fc.record({ id: nameOrNone }),
  merge: fc.record({ id: name }),
  remove: fc.constant({}),
};
const question: Readonly<Record<OperationKind, fc.Arbitrary<Partial<Operation>>>> = {
  ensure: retried,
  find: fc.constant({}),
  resolve: fc.record({ asked: name }),
  merge: fc.record({ asked: name }),
  remove: fc.record({ asked: name }),
};

/** Whatever can be written down, sensible or not. */
const anyOperation: fc.Arbitrary<Operation> = fc
  .constantFrom(...OperationKind.options)
  .chain((kind) => fc.tuple(fc.constant({ kind }), times, question[kind], fc.oneof(answer[kind], failed)))
  .map((parts) => Object.assign({}, plainOperation, ...parts) as Operation);

const plainOperation: Operation = {
  type: "op",
  op: 0,
  key: "k",
  kind: "ensure",
  process: "p",
  intended: null,
  start: 0,
  end: 0,
  outcome: "ok",
  id: null,
  created: null,
  asked: null,
  error: null,
};

const anyHistory: fc.Arbitrary<SmallHistory> = fc.record({
  initial: fc.uniqueArray(fc.constantFrom("a", "b", "c")),
  operations: fc
    .array(anyOperation, { maxLength: 6 })
    .map((operations) => operations.map((operation, index) => ({ ...operation, op: index + 1 }))),
  audit: fc.option(
    fc.record({
      type: fc.constant("audit" as const),
      key: fc.constant("k"),
      live: fc
        .uniqueArray(name, { maxLength: 2 })
        .map((ids) => ids.map((id) => ({ id, participants: ["p", "q"], scope: "" }))),
      redirects: fc.uniqueArray(fc.record({ id: name, to: nameOrNone }), {
        maxLength: 2,
        selector: ({ id }) => id,
      }),
    }),
  ),
});

const seeds = fc.nat();

function isRight(history: SmallHistory): boolean {
  const evidence = evidenceOf(historyOf(linesOf(history)));
  const [key] = evidence.keys;
  if (key === undefined) throw new Error("no key");
  const { anomalies, problems } = checkKey(evidence, key);
  return anomalies.length === 0 && problems.length === 0;
}

function correct(seed: number): SmallHistory {
  return correctHistory(seededRandom(seed, "properties"), 10);
}

/** The same with other counts in its last line: some operations are missing. */
function incomplete(history: SmallHistory): readonly HistoryLine[] {
  return linesOf(history).map((line) => (line.type === "end" ? { ...line, operations: 1_000 } : line));
}

test("the checker and the search agree about histories that nobody played", () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      expect(isRight(history)).toBe(canBeExplained(history));
    }),
    { numRuns: 1_000 },
  );
});

test("a history that was really played is right", () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      expect(isRight(correct(seed))).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("longer intervals never make a right history wrong", () => {
  fc.assert(
    fc.property(seeds, fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { minLength: 10 }), (seed, more) => {
      const history = correct(seed);
      const operations = history.operations.map((operation, index) => {
        const [before = 0, after = 0] = more[index] ?? [];
        return { ...operation, start: operation.start - before, end: operation.end + after };
      });
      expect(isRight({ ...history, operations })).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test("the order of the lines decides nothing", () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const operations = history.operations.toReversed();
      expect(isRight({ ...history, operations })).toBe(isRight(history));
    }),
    { numRuns: 1_000 },
  );
});

test("whatever operations are missing from a right history, nothing is found in the rest", () => {
  fc.assert(
    fc.property(seeds, fc.array(fc.boolean(), { minLength: 10 }), (seed, isKept) => {
      const history = correct(seed);
      const operations = history.operations.filter((_, index) => isKept[index]);
      const { anomalies } = checkHistory(historyOf(incomplete({ ...history, operations })));
      expect(anomalies).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

test("every anomaly names witnesses that are there, each once and at most three", () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const { anomalies } = checkHistory(historyOf(linesOf(history)));
      const ops = history.operations.map(({ op }) => op);
      for (const { witnesses, text } of anomalies) {
        expect(ops).toEqual(expect.arrayContaining(witnesses));
        expect(new Set(witnesses).size).toBe(witnesses.length);
        expect(witnesses.length).toBeLessThanOrEqual(3);
        expect(text).not.toMatch(/undefined|NaN|Infinity/);
      }
    }),
    { numRuns: 1_000 },
  );
});
