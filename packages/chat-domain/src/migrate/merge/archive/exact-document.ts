import { BSON, Double, Int32, Long, ObjectId } from "mongodb";

/** Fields in their order; a JavaScript object would sort those that look like numbers. */
export type ExactDocument = ReadonlyMap<string, unknown>;

const documentType = 3;
const arrayType = 4;

/**
 * A stored document in a form that the driver sends back byte by byte, or `null` where it cannot: some BSON types of old
 * are no more.
 */
export function exactDocument(bytes: Uint8Array): ExactDocument | null {
  const document = fieldsOf(bytes);
  const again = BSON.serialize(document, { ignoreUndefined: false });
  return Buffer.compare(again, bytes) === 0 ? document : null;
}

function fieldsOf(bytes: Uint8Array): Map<string, unknown> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = new Map<string, unknown>();
  for (const [type, nameAt, nameLength, offset, length] of BSON.onDemand.parseToElements(bytes)) {
    const name = buffer.toString("utf8", nameAt, nameAt + nameLength);
    fields.set(name, valueOf(type, buffer.subarray(offset, offset + length)));
  }
  return fields;
}

/** What most values are is read here: of a hundred thousand elements each costs. */
const readers: Readonly<Partial<Record<number, (bytes: Buffer) => unknown>>> = {
  1: (bytes) => new Double(bytes.readDoubleLE(0)),
  2: (bytes) => bytes.toString("utf8", 4, bytes.length - 1),
  [documentType]: fieldsOf,
  [arrayType]: (bytes) => [...fieldsOf(bytes).values()],
  7: (bytes) => new ObjectId(bytes.toString("hex")),
  8: (bytes) => bytes[0] === 1,
  9: (bytes) => new Date(Number(bytes.readBigInt64LE(0))),
  10: () => null,
  16: (bytes) => new Int32(bytes.readInt32LE(0)),
  18: (bytes) => new Long(bytes.readInt32LE(0), bytes.readInt32LE(4)),
};

function valueOf(type: number, bytes: Buffer): unknown {
  const reader = readers[type];
  return reader === undefined ? otherValueOf(type, bytes) : reader(bytes);
}

function otherValueOf(type: number, bytes: Buffer): unknown {
  // A document of this one value, without a name: length, type, end of the name, value, end.
  const single = Buffer.alloc(4 + 2 + bytes.length + 1);
  single.writeInt32LE(single.length, 0);
  single.writeUInt8(type, 4);
  single.set(bytes, 6);
  return BSON.deserialize(single, { promoteValues: false, bsonRegExp: true })[""];
}
