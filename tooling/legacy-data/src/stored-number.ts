import { Double, Long } from "mongodb";
import type { Random } from "./random.ts";

/** A count as one of the BSON types that applications end up with: copying it through JavaScript would lose which. */
export function storedNumber(value: number, draw: Random): number | Double | Long {
  const type = draw.unit();
  if (type < 0.1) return new Double(value);
  return type < 0.2 ? Long.fromNumber(value) : value;
}
