import { Decimal128, Double, Int32, Long } from "mongodb";
import { bsonType, type Exact } from "../archive/exact-values.ts";

const numberTypes: ReadonlySet<unknown> = new Set(["Int32", "Double", "Long", "Decimal128"]);

export function isNumber(value: Exact): boolean {
  return numberTypes.has(bsonType(value));
}

/** Adds as the server does: the result is of the wider type, and a sum of integers that overflows becomes a long. */
export function sumOf(values: readonly Exact[]): Exact {
  const types = new Set(values.map(bsonType));
  if (types.has("Decimal128")) return decimalSum(values);
  if (types.has("Double")) return new Double(values.reduce((sum: number, value) => sum + Number(value), 0));
  const sum = values.reduce((total: bigint, value) => total + BigInt(String(value)), 0n);
  const fits = !types.has("Long") && BigInt.asIntN(32, sum) === sum;
  return fits ? new Int32(Number(sum)) : Long.fromBigInt(BigInt.asIntN(64, sum));
}

export function negated(value: Exact): Exact {
  if (bsonType(value) === "Decimal128") {
    if (isUnlimited(value)) return unlimited([-Number(String(value))]);
    const { digits, exponent } = decimalParts(value);
    return decimalOf({ digits: -digits, exponent });
  }
  if (bsonType(value) === "Double") return new Double(-Number(value));
  const negative = -BigInt(String(value));
  return bsonType(value) === "Int32" ? new Int32(Number(negative)) : Long.fromBigInt(negative);
}

export function compareNumbers(a: Exact, b: Exact): number {
  if (isInteger(a) && isInteger(b)) {
    const [first, second] = [BigInt(String(a)), BigInt(String(b))];
    return first < second ? -1 : Number(first > second);
  }
  const [first, second] = [Number(String(a)), Number(String(b))];
  if (Number.isNaN(first) || Number.isNaN(second))
    return Number(Number.isNaN(second)) - Number(Number.isNaN(first));
  return first < second ? -1 : Number(first > second);
}

export function isNegative(value: Exact): boolean {
  return isNumber(value) && Number(String(value)) < 0;
}

function isInteger(value: Exact): boolean {
  return bsonType(value) === "Int32" || bsonType(value) === "Long";
}

interface DecimalParts {
  readonly digits: bigint;
  readonly exponent: number;
}

/** NaN and the infinities have no digits. */
function isUnlimited(value: Exact): boolean {
  return /nan|inf/iu.test(String(value));
}

function unlimited(values: readonly number[]): Decimal128 {
  return Decimal128.fromString(String(values.reduce((sum, value) => sum + value, 0)));
}

function decimalSum(values: readonly Exact[]): Exact {
  const some = values.filter(isUnlimited);
  if (some.length > 0) return unlimited(some.map((value) => Number(String(value))));
  const parts = values.map(decimalParts);
  const exponent = Math.min(...parts.map((part) => part.exponent));
  const digits = parts.reduce((sum, part) => sum + part.digits * 10n ** BigInt(part.exponent - exponent), 0n);
  return decimalOf({ digits, exponent });
}

function decimalParts(value: Exact): DecimalParts {
  const [, sign = "", whole = "0", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/iu.exec(String(value)) ?? [];
  return { digits: BigInt(`${sign}${whole}${fraction}`), exponent: Number(exponent) - fraction.length };
}

function decimalOf({ digits, exponent }: DecimalParts): Decimal128 {
  return Decimal128.fromStringWithRounding(`${digits}E${exponent}`);
}
