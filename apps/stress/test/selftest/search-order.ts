import type { AuditedKey } from "../../src/history/history-line.ts";
import type { Operation } from "../../src/history/operation.ts";
import { agrees, type Chats, step } from "./sequential-chats.ts";

/** The operations of one register, its chats from before, and what the database held of it in the end. */
export interface SmallHistory {
  readonly initial: readonly string[];
  readonly operations: readonly Operation[];
  readonly audit: AuditedKey | null;
}

/**
 * Whether some order of the operations explains all answers: an order in which none comes before one that had ended
 * when it began. Tries them all, after Wing and Gong, and so is right by inspection and useless for more than a dozen.
 */
export function canBeExplained(history: SmallHistory): boolean {
  const { initial, operations, audit } = history;
  const calls = operations.flatMap(callOf);
  const names = namesIn(history);
  const tried = new Set<string>();

  const explains = (chats: Chats, waiting: readonly Call[]): boolean => {
    const situation = JSON.stringify([chats, waiting.map(({ operation }) => operation.op)]);
    if (tried.has(situation)) return false;
    tried.add(situation);
    if (waiting.every(({ until }) => until === Infinity) && (audit === null || agrees(chats, audit)))
      return true;
    const firstEnd = Math.min(...waiting.map(({ until }) => until));
    return waiting
      .filter(({ operation }) => operation.start <= firstEnd)
      .some((call) =>
        step(chats, call.operation, names).some((next) =>
          explains(
            next,
            waiting.filter((other) => other !== call),
          ),
        ),
      );
  };
  return explains({ chat: null, live: initial, retired: [] }, calls);
}

interface Call {
  readonly operation: Operation;
  /** When it must have happened; never, for what may not have happened at all. */
  readonly until: number;
}

function callOf(operation: Operation): readonly Call[] {
  const { outcome, kind, end, error } = operation;
  if (outcome === "unknown")
    return kind === "find" || kind === "resolve" ? [] : [{ operation, until: Infinity }];
  const isAnswer =
    outcome === "ok" || (error?.reason === "CHAT_NOT_FOUND" && ["find", "resolve"].includes(kind));
  return isAnswer ? [{ operation, until: end }] : [];
}

/** Every id that is mentioned, and one that is not. */
function namesIn({ initial, operations, audit }: SmallHistory): readonly string[] {
  const mentioned = [
    ...initial,
    ...operations.flatMap(({ id, asked }) => [id, asked]),
    ...(audit?.live ?? []).map(({ id }) => id),
    ...(audit?.redirects ?? []).flatMap(({ id, to }) => [id, to]),
  ];
  return [...new Set(mentioned.filter((id) => id !== null)), "unmentioned"];
}
