import type { Operation } from "../../src/history/operation.ts";

/** A create-or-get that was answered; times are milliseconds here. */
export function answered(
  startMs: number,
  endMs: number,
  rest: Partial<Operation> & { readonly intendedMs?: number } = {},
): Operation {
  const { intendedMs, ...fields } = rest;
  return {
    type: "op",
    op: 0,
    key: "k",
    kind: "ensure",
    process: "w0",
    intended: intendedMs === undefined ? null : intendedMs * 1e6,
    start: startMs * 1e6,
    end: endMs * 1e6,
    outcome: "ok",
    id: "id",
    created: false,
    asked: null,
    error: null,
    ...fields,
  };
}
