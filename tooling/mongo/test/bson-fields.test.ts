import { deserialize, Double, Int32, Long, serialize } from "bson";
import { describe, expect, it } from "vitest";
import { fieldsOf, withFields, withoutFields } from "../src/wire/bson-fields.ts";

const values = {
  one: new Double(1),
  two: new Int32(2),
  three: Long.fromNumber(3),
  7: { b: 1, 1: 2 },
  é: "ü",
};
const body = serialize({ lsid: { id: 1 }, ...values, txnNumber: Long.ONE });

describe("fields of a document", () => {
  it("are found, with their names and their bytes", () => {
    expect(
      fieldsOf(serialize({ a: { b: 1 }, é: [] })).map(({ name, value }) => [name, deserialize(value)]),
    ).toEqual([
      ["a", { b: 1 }],
      ["é", {}],
    ]);
    expect(fieldsOf(serialize({}))).toEqual([]);
  });

  it("are taken away, and the others stay to the byte: a double of 1 is no int", () => {
    expect(withoutFields(body, ["lsid", "txnNumber", "absent"])).toEqual(Buffer.from(serialize(values)));
  });

  it("are added at the end, instead of those of their names", () => {
    const changed = withFields(serialize({ ok: 1, n: 2, last: new Double(3) }), { n: 1, more: "x" });
    expect(changed).toEqual(Buffer.from(serialize({ ok: 1, last: new Double(3), n: 1, more: "x" })));
  });
});
