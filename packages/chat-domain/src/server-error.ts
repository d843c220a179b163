/** An error that the server has answered with. */
export interface ServerError extends Error {
  readonly code: number;
  readonly codeName?: string;
  /** Of a duplicate key: the fields of the index. */
  readonly keyPattern?: unknown;
}

/**
 * Recognised by name, not by class: an application may bring its own copy of the driver, as Mongoose does, and hand its
 * connection to this package.
 */
export function isDriverError(error: unknown): error is Error & { readonly code?: unknown } {
  return error instanceof Error && error.name.startsWith("Mongo");
}

/** A driver's error with the code of a server's answer. */
export function isServerError(error: unknown): error is ServerError {
  return isDriverError(error) && typeof error.code === "number";
}
