import type { Operation } from "./operation.ts";

/**
 * An operation as a line of a history, its fields always in the same order: whoever reads a million of them may rely
 * on it.
 */
export function operationLine(operation: Operation): string {
  const { op, key, kind, process, intended, start, end, outcome, id, created, asked, error, retried } =
    operation;
  const beginning = `{"type":"op","op":${op},"key":${JSON.stringify(key)},"kind":"${kind}"`;
  const stamps = `"process":${JSON.stringify(process)},"intended":${intended},"start":${start},"end":${end}`;
  const answer = `"outcome":"${outcome}","id":${JSON.stringify(id)},"created":${created}`;
  const rest = `"asked":${JSON.stringify(asked)},"error":${JSON.stringify(error)}`;
  return `${beginning},${stamps},${answer},${rest}${retried === undefined ? "" : `,"retried":${retried}`}}`;
}
