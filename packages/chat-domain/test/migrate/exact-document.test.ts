import { Binary, BSON, BSONRegExp, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from "mongodb";
import { describe, expect, it } from "vitest";
import { exactDocument } from "../../src/migrate/merge/archive/exact-document.ts";

describe("a document that is to be compared byte by byte", () => {
  it("keeps whole Doubles, Longs, odd types, and fields with numbers for names in their order", () => {
    const nested = new Map<string, unknown>([
      ["12", new Int32(1)],
      [
        "7",
        [
          new Double(2),
          new Map([
            ["2", null],
            ["1", "x"],
          ]),
        ],
      ],
    ]);
    const fields = new Map<string, unknown>([
      ["_id", new ObjectId()],
      ["9", new Double(3)],
      ["1", Long.fromNumber(4)],
      ["nested", nested],
      ["when", new Date(0)],
      ["decimal", Decimal128.fromString("1.50")],
      ["bytes", new Binary(Buffer.from("abc"), 4)],
      ["pattern", new BSONRegExp("a.*b", "im")],
      ["time", new Timestamp({ t: 1, i: 2 })],
      ["", true],
    ]);
    const bytes = BSON.serialize(fields);
    const exact = exactDocument(bytes);
    expect(exact).not.toBeNull();
    expect(Buffer.compare(BSON.serialize(exact ?? {}), bytes)).toBe(0);
  });

  it("is given up where a type is no more", () => {
    // A field of the type undefined, as old drivers wrote it.
    const bytes = Buffer.from([0x08, 0, 0, 0, 0x06, 0x61, 0, 0]);
    expect(exactDocument(bytes)).toBeNull();
  });
});
