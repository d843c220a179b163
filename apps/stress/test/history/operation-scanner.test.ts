import fc from "fast-check";
import { expect, test } from "vitest";
import { operationLine } from "../../src/history/operation-line.ts";
import { Operation, OperationKind, Outcome } from "../../src/history/operation.ts";
import { operationColumns } from "../../src/history/operation-columns.ts";
import { operationAt } from "../../src/history/operation-table.ts";
import { operation } from "./lines.ts";

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom('"', "\\", "\n", "é", "", "null"),
);
const instant = fc.oneof(
  fc.nat(),
  fc.nat(Number.MAX_SAFE_INTEGER),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const anyOperation: fc.Arbitrary<Operation> = fc.record(
  {
    type: fc.constant("op" as const),
    op: fc.nat(),
    key: text,
    kind: fc.constantFrom(...OperationKind.options),
    process: text,
    intended: fc.option(instant),
    start: instant,
    end: instant,
    outcome: fc.constantFrom(...Outcome.options),
    id: fc.option(text),
    created: fc.option(fc.boolean()),
    asked: fc.option(text),
    error: fc.option(fc.record({ reason: text, message: text })),
    retried: fc.boolean(),
  },
  {
    requiredKeys: [
      "type",
      "op",
      "key",
      "kind",
      "process",
      "intended",
      "start",
      "end",
      "outcome",
      "id",
      "created",
      "asked",
      "error",
    ],
  },
);

/** As it is read from the middle of a buffer; `null` where the scanner leaves it to others. */
function scanned(line: string): Operation | null {
  const columns = operationColumns();
  const bytes = Buffer.from(`before${line}after`);
  return columns.scan(bytes, 6, bytes.length - 5) ? operationAt(columns.table(), 0) : null;
}

test("every operation is written as JSON that says the same", () => {
  fc.assert(
    fc.property(anyOperation, (written) => {
      expect(Operation.parse(JSON.parse(operationLine(written)))).toEqual(
        Operation.parse(JSON.parse(JSON.stringify(written))),
      );
    }),
  );
});

test("what the scanner reads is what the general reader reads, and else it reads nothing", () => {
  fc.assert(
    fc.property(anyOperation, (written) => {
      const line = operationLine(written);
      expect([null, JSON.parse(line)]).toContainEqual(scanned(line));
    }),
    { numRuns: 1_000 },
  );
});

test("the scanner does read the usual operation", () => {
  for (const usual of [
    operation(1),
    operation(2, { kind: "find", created: null, id: null, intended: 12 }),
    operation(3, { kind: "resolve", created: null, asked: "a" }),
    operation(4, {
      outcome: "unknown",
      id: null,
      created: null,
      error: { reason: "TIMEOUT", message: "no answer" },
    }),
  ])
    expect(scanned(operationLine(usual))).toEqual(usual);
});

test("a line with a character changed is never read as something that it does not say", () => {
  const line = operationLine(operation(123));
  fc.assert(
    fc.property(
      fc.nat(line.length - 1),
      fc.constantFrom("0", '"', "\\", "{", "}", ",", ":", "n", "-", ".", "e", "é", " "),
      (at, character) => {
        const changed = `${line.slice(0, at)}${character}${line.slice(at + 1)}`;
        const read = scanned(changed);
        expect([null, parsedOrNull(changed)]).toContainEqual(read);
      },
    ),
    { numRuns: 1_000 },
  );
});

function parsedOrNull(line: string): unknown {
  try {
    return Operation.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
