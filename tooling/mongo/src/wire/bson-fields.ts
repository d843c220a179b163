import { type Document, onDemand, serialize } from "bson";

/** Where a field of a document lies among its bytes, and its name. */
export interface FieldBytes {
  readonly name: string;
  /** The whole element: type, name and value. */
  readonly element: Uint8Array;
  readonly value: Uint8Array;
}

/** The fields of a document, undecoded: what is passed on must not change its number types or the order of its keys. */
export function fieldsOf(body: Uint8Array): readonly FieldBytes[] {
  return Array.from(onDemand.parseToElements(body), ([, nameOffset, nameLength, offset, length]) => ({
    name: Buffer.from(body.subarray(nameOffset, nameOffset + nameLength)).toString(),
    element: body.subarray(nameOffset - 1, offset + length),
    value: body.subarray(offset, offset + length),
  }));
}

/** The document without some of its fields; the others to the byte. */
export function withoutFields(body: Uint8Array, names: readonly string[]): Uint8Array {
  return documentOf(fieldsOf(body).flatMap(({ name, element }) => (names.includes(name) ? [] : [element])));
}

/** The document with these fields at its end, instead of those of their names; the others to the byte. */
export function withFields(body: Uint8Array, extra: Document): Uint8Array {
  const kept = fieldsOf(withoutFields(body, Object.keys(extra)));
  return documentOf([...kept, ...fieldsOf(serialize(extra))].map(({ element }) => element));
}

function documentOf(elements: readonly Uint8Array[]): Uint8Array {
  const length = Buffer.alloc(4);
  const body = Buffer.concat([length, ...elements, Buffer.from([0])]);
  body.writeInt32LE(body.length, 0);
  return body;
}
