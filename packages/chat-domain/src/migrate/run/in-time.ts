import type { Document } from "mongodb";
import { duplicateKeyCode } from "../../driver-errors.ts";
import type { WriteBound } from "./lease.ts";

/**
 * An expression that is true while a write may begin, by the server's clock, and an error after: no operator just fails,
 * but there is no square root of the time that is left once that is negative. A process can be frozen between its own
 * look at the lease and the write's going out, and the network can hold a write up; only the server can tell. What is
 * late changes no document; of a collection that did not exist it may leave an empty one.
 */
export function inTime({ beginBefore }: WriteBound): Readonly<Document> {
  return { $gte: [{ $sqrt: { $subtract: [beginBefore, "$$NOW"] } }, 0] };
}

/** Whether {@link inTime} is why the server has refused a write. Duplicate keys are quoted, and may hold any text. */
export function wasTooLate(error: { readonly code: number; readonly message: string }): boolean {
  return error.code !== duplicateKeyCode && error.message.includes("$sqrt's argument");
}
