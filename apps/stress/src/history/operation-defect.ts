import type { Operation, OperationKind } from "./operation.ts";

/** What an operation contradicts itself in; `null` if it makes sense. */
export function operationDefect(operation: Operation): string | null {
  const { op, kind, outcome, asked, error } = operation;
  if (outcome === "ok" && error !== null) return `operation ${op} is "ok" and has an error`;
  if (asksForId[kind] !== (asked !== null))
    return `operation ${op}, "${kind}", ${asked === null ? "does not say" : "says"} which id was asked for`;
  if (kind === "merge") return mergeDefect(operation);
  return outcome === "ok" ? answerDefect(operation) : unansweredDefect(operation);
}

const asksForId: Readonly<Record<OperationKind, boolean>> = {
  ensure: false,
  find: false,
  resolve: true,
  merge: true,
};

function mergeDefect({ op, asked, id, outcome }: Operation): string | null {
  if (id === null && outcome === "ok") return `operation ${op}, "merge", does not say into which id`;
  return id !== null && id === asked ? `operation ${op} merges ${id} into itself` : null;
}

function answerDefect({ op, kind, id, created }: Operation): string | null {
  if (kind === "ensure" && (id === null || created === null))
    return `operation ${op}, "ensure", is "ok" without saying which chat, or whether it was created`;
  return kind !== "ensure" && created !== null ? `operation ${op}, "${kind}", says that it created` : null;
}

function unansweredDefect({ op, id, created, outcome }: Operation): string | null {
  return id === null && created === null ? null : `operation ${op} is "${outcome}" and has an answer`;
}
