import type { Document } from "mongodb";
import type { WriteBound } from "./lease.ts";

/**
 * An expression that is true while a write may begin, by the server's clock, and an error after: no operator just fails,
 * but there is no square root of the time that is left once that is negative. A process can be frozen between its own
 * look at the lease and the write's going out, and the network can hold a write up; only the server can tell.
 */
export function inTime({ beginBefore }: WriteBound): Readonly<Document> {
  return { $gte: [{ $sqrt: { $subtract: [beginBefore, "$$NOW"] } }, 0] };
}

const negativeSquareRoot = 28_714;

/** Whether {@link inTime} is why the server has refused a write. */
export function wasTooLate({ code }: { readonly code: number }): boolean {
  return code === negativeSquareRoot;
}
