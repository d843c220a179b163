import { BSON } from "mongodb";

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
  const fields = new Map<string, unknown>();
  for (const [type, nameAt, nameLength, offset, length] of BSON.onDemand.parseToElements(bytes)) {
    const name = Buffer.from(bytes.subarray(nameAt, nameAt + nameLength)).toString("utf8");
    fields.set(name, valueOf(type, bytes.subarray(offset, offset + length)));
  }
  return fields;
}

function valueOf(type: number, bytes: Uint8Array): unknown {
  if (type === documentType) return fieldsOf(bytes);
  if (type === arrayType) return [...fieldsOf(bytes).values()];
  // A document of this one value, without a name: length, type, end of the name, value, end.
  const single = Buffer.alloc(4 + 2 + bytes.length + 1);
  single.writeInt32LE(single.length, 0);
  single.writeUInt8(type, 4);
  single.set(bytes, 6);
  return BSON.deserialize(single, { promoteValues: false, bsonRegExp: true })[""];
}
