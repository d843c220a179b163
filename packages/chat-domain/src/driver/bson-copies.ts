import { BSON } from "mongodb";

/** The classes of one copy of the bson package, of which the values that it stores are made. */
export type BsonClasses = Pick<
  typeof BSON,
  | "Binary"
  | "BSONRegExp"
  | "BSONSymbol"
  | "Code"
  | "DBRef"
  | "Decimal128"
  | "Double"
  | "Int32"
  | "Long"
  | "MaxKey"
  | "MinKey"
  | "ObjectId"
  | "Timestamp"
>;

/** By this every bson package since 5.4 knows whose values it may write: those of another major version it refuses. */
const version = Symbol.for("@@mdb.bson.version");

/** The major version of a copy, which is that of its driver; 0 of those that do not say. */
export function majorOf({ ObjectId }: Pick<BsonClasses, "ObjectId">): number {
  const major: unknown = Reflect.get(ObjectId.prototype, version);
  return typeof major === "number" ? major : 0;
}

export const ownMajor = majorOf(BSON);

/**
 * The same with each BSON value of another major version made anew as one of this package's own copy. Documents that hold
 * none are handed back as they are.
 */
export function ownValues<T>(value: T): T {
  return inCopy(value, BSON, ownMajor) as T;
}

/** No server stores what is nested deeper: it is left to the driver, which says so, and also when it has no end. */
const deepest = 200;

/** {@link ownValues} for any copy. What is neither a document, a list, a map nor a BSON value stays what it is. */
export function inCopy(value: unknown, classes: BsonClasses, major: number, depth = 0): unknown {
  if (typeof value !== "object" || value === null || depth > deepest) return value;
  const inner = (one: unknown): unknown => inCopy(one, classes, major, depth + 1);
  if (!("_bsontype" in value)) return inside(storedForm(value), inner);
  return Reflect.get(value, version) === major ? value : rebuilt(value, classes, inner);
}

/** Classes of an application may say what is stored of them. */
function storedForm(value: object): unknown {
  return "toBSON" in value && typeof value.toBSON === "function" ? value.toBSON() : value;
}

function inside(value: unknown, inner: (one: unknown) => unknown): unknown {
  if (Array.isArray(value)) return unlessSame(value, value.map(inner), (inners) => inners);
  if (value instanceof Map) return new Map([...value].map(([name, one]) => [name, inner(one)]));
  if (!isDocument(value)) return value;
  const names = Object.keys(value);
  return unlessSame(value, Object.values(value).map(inner), (inners) =>
    Object.fromEntries(names.map((name, at) => [name, inners[at]])),
  );
}

function unlessSame(
  value: object,
  inners: readonly unknown[],
  made: (inners: readonly unknown[]) => object,
): object {
  return Object.values(value).every((one, at) => one === inners[at]) ? value : made(inners);
}

function isDocument(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** What the values of every copy have in common, as far as they are made anew by it. */
interface AnyBson {
  readonly toHexString: () => string;
  readonly getLowBits: () => number;
  readonly getHighBits: () => number;
  readonly unsigned?: boolean;
  readonly value: never;
  readonly bytes: Uint8Array;
  readonly buffer: Uint8Array;
  readonly position: number;
  readonly sub_type: number;
  readonly pattern: string;
  readonly options: string;
  readonly code: string;
  readonly scope?: object | null;
  readonly collection: string;
  readonly oid: InstanceType<BsonClasses["ObjectId"]>;
  readonly db?: string;
  readonly fields: object;
}

type Rebuild = (value: AnyBson, classes: BsonClasses, inner: (one: unknown) => unknown) => unknown;

const objectId: Rebuild = (value, { ObjectId }) => new ObjectId(value.toHexString());

function binary({ buffer, position, sub_type: subtype }: AnyBson, { Binary }: BsonClasses): unknown {
  const copy = new Binary(buffer.subarray(0, position), subtype);
  return subtype === Binary.SUBTYPE_UUID && position === 16 ? copy.toUUID() : copy;
}

const rebuilding: Readonly<Record<string, Rebuild>> = {
  ObjectId: objectId,
  // So it was called until version 4.
  ObjectID: objectId,
  Binary: binary,
  UUID: binary,
  Long: (value, { Long }) => new Long(value.getLowBits(), value.getHighBits(), value.unsigned),
  Timestamp: (value, { Timestamp }) =>
    new Timestamp({ t: value.getHighBits() >>> 0, i: value.getLowBits() >>> 0 }),
  Int32: ({ value }, { Int32 }) => new Int32(value),
  Double: ({ value }, { Double }) => new Double(value),
  Decimal128: ({ bytes }, { Decimal128 }) => new Decimal128(bytes),
  BSONRegExp: ({ pattern, options }, { BSONRegExp }) => new BSONRegExp(pattern, options),
  BSONSymbol: ({ value }, { BSONSymbol }) => new BSONSymbol(value),
  Code: ({ code, scope }, { Code }, inner) => new Code(code, inner(scope) as object | null),
  DBRef: ({ collection, oid, db, fields }, { DBRef }, inner) =>
    new DBRef(collection, inner(oid) as AnyBson["oid"], db, inner(fields) as object),
  MinKey: (_, { MinKey }) => new MinKey(),
  MaxKey: (_, { MaxKey }) => new MaxKey(),
};

/** What only looks like a BSON value, as parsed JSON may, is left to the driver, which refuses it. */
function rebuilt(value: object, classes: BsonClasses, inner: (one: unknown) => unknown): unknown {
  const type: unknown = Reflect.get(value, "_bsontype");
  const rebuild = typeof type === "string" && Object.hasOwn(rebuilding, type) ? rebuilding[type] : undefined;
  const isReal =
    !Object.hasOwn(value, "_bsontype") || typeof Reflect.get(value, "toHexString") === "function";
  return rebuild === undefined || !isReal ? value : rebuild(value as AnyBson, classes, inner);
}
