import { BSON } from "mongodb";
import { BSON as bson6 } from "mongodb-6";
import { BSON as bson6Oldest } from "mongodb-6-oldest";
import { describe, expect, it } from "vitest";
import { type BsonClasses, inCopy, majorOf, ownValues } from "../src/driver/bson-copies.ts";

/** One value of each type that is stored as something of its own. */
function everyType(bson: typeof BSON): Readonly<Record<string, unknown>> {
  const { ObjectId, Long, Decimal128, Binary, UUID } = bson;
  return {
    objectId: new ObjectId("65f0c0ffee0123456789abcd"),
    uuid: new UUID("0e8b1a1c-8f6d-4a52-9f31-0d5a6f1f2b11"),
    binary: new Binary(Buffer.from([1, 2, 3]), 128),
    long: Long.fromString("-9007199254740995"),
    int: new bson.Int32(-7),
    double: new bson.Double(2),
    decimal: Decimal128.fromString("-12.50"),
    timestamp: new bson.Timestamp({ t: 4_000_000_000, i: 7 }),
    pattern: new bson.BSONRegExp("^a", "i"),
    symbol: new bson.BSONSymbol("s"),
    code: new bson.Code("return id", { id: new ObjectId("65f0c0ffee0123456789abce") }),
    reference: new bson.DBRef("users", new ObjectId("65f0c0ffee0123456789abcf"), "app", {
      n: new bson.Int32(1),
    }),
    least: new bson.MinKey(),
    greatest: new bson.MaxKey(),
    date: new Date(0),
    regExp: /a/,
    bytes: Buffer.from("abc"),
    nested: { list: [new ObjectId("65f0c0ffee0123456789abcd"), null, { deep: new bson.Int32(1) }] },
  };
}

const older = bson6 as unknown as typeof BSON;
const oldest = bson6Oldest as unknown as typeof BSON;

describe("values of another major version of the driver", () => {
  it.each([
    ["version 6", older],
    ["the oldest version 6", oldest],
  ])("of %s become ours, to the byte, and ours become theirs", (_, other) => {
    expect(majorOf(other)).not.toBe(majorOf(BSON));
    expect(() => BSON.serialize(everyType(other))).toThrow(/bson/i);
    const stored = BSON.serialize(everyType(BSON));
    expect(BSON.serialize(ownValues(everyType(other)))).toEqual(stored);
    const theirs = inCopy(everyType(BSON), other, majorOf(other)) as Readonly<Record<string, unknown>>;
    expect(Buffer.from(other.serialize(theirs))).toEqual(Buffer.from(stored));
    expect(theirs["objectId"]).toBeInstanceOf(other.ObjectId);
    expect(theirs["uuid"]).toBeInstanceOf(other.UUID);
  });

  it("of version 4 and before are known by their old name", () => {
    const classic = { _bsontype: "ObjectID", toHexString: () => "65f0c0ffee0123456789abcd" };
    expect(ownValues({ by: classic })).toEqual({ by: new BSON.ObjectId("65f0c0ffee0123456789abcd") });
  });

  it("are left alone where they are none: of ours, and what only looks like one", () => {
    const ours = everyType(BSON);
    expect(ownValues(ours)).toBe(ours);
    const parsed = { id: { _bsontype: "ObjectId" } };
    expect(ownValues(parsed)).toBe(parsed);
  });

  it("are found in what an application's own classes say that they store", () => {
    const money = { toBSON: () => ({ amount: new (older as BsonClasses).Int32(5) }) };
    expect(BSON.serialize(ownValues({ price: money }))).toEqual(
      BSON.serialize({ price: { amount: new BSON.Int32(5) } }),
    );
  });
});
