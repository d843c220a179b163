import type { AuditedKey } from "../../src/history/history-line.ts";
import type { Operation } from "../../src/history/operation.ts";
import type { SeededRandom } from "../../src/seeded-random.ts";
import { pick, stored } from "./random-history.ts";
import type { SmallHistory } from "./search-order.ts";

const names = ["a", "b", "c", "x", "y"];

/** The same history with something changed in it, which may or may not make it impossible. */
export function spoiledHistory(history: SmallHistory, random: SeededRandom): SmallHistory {
  switch (random.below(8)) {
    case 0:
      return { ...history, audit: history.audit === null ? null : spoiledAudit(history.audit, random) };
    case 1:
      return { ...history, initial: toggled(history.initial, pick(["a", "b", "c"], random)) };
    case 2:
      return { ...history, operations: history.operations.slice(1) };
    default:
      return { ...history, operations: withOneSpoiled(history.operations, random) };
  }
}

function withOneSpoiled(operations: readonly Operation[], random: SeededRandom): readonly Operation[] {
  if (operations.length === 0) return operations;
  const spoiled = random.below(operations.length);
  return operations.map((operation, index) =>
    index === spoiled ? spoiledOperation(operation, random) : operation,
  );
}

function spoiledOperation(operation: Operation, random: SeededRandom): Operation {
  const { outcome, kind, start, end } = operation;
  const moved = random.below(15) - 7;
  switch (random.below(outcome === "ok" ? 6 : 4)) {
    case 0:
      return { ...operation, start: start + moved, end: end + moved };
    case 1:
      return { ...operation, start: end };
    case 2:
      return { ...operation, end: start };
    case 3:
      return kind === "merge" ? succeeded(operation) : operation;
    case 4:
      return { ...operation, id: pick(names, random) };
    default:
      return kind === "ensure" ? spoiledEnsure(operation, random) : operation;
  }
}

function succeeded(operation: Operation): Operation {
  return operation.id === null ? operation : { ...operation, outcome: "ok", error: null };
}

function spoiledEnsure(operation: Operation, random: SeededRandom): Operation {
  if (random.below(2) === 0) return { ...operation, created: operation.created !== true };
  return { ...operation, outcome: pick(["fail", "unknown"] as const, random), id: null, created: null };
}

function spoiledAudit(audit: AuditedKey, random: SeededRandom): AuditedKey {
  const { live, redirects } = audit;
  const id = pick(names, random);
  switch (random.below(4)) {
    case 0:
      return { ...audit, live: live.slice(1) };
    case 1:
      return { ...audit, live: [...live.filter((chat) => chat.id !== id), stored(id)] };
    case 2:
      return {
        ...audit,
        redirects: redirects.map((redirect) => ({ ...redirect, to: pick([id, null], random) })),
      };
    default:
      return {
        ...audit,
        live: live.filter((chat) => chat.id !== id),
        redirects: [
          ...redirects.filter((redirect) => redirect.id !== id),
          ...(random.below(2) === 0 ? [] : [{ id, to: pick(names, random) }]),
        ],
      };
  }
}

function toggled(initial: readonly string[], id: string): readonly string[] {
  return initial.includes(id) ? initial.filter((each) => each !== id) : [...initial, id];
}
