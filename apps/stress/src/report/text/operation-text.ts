import type { Operation } from "../../history/operation.ts";
import { instantText, spanText } from "./figure-text.ts";
import { shortened } from "./visible-text.ts";

/** One call in one line: who, when, what was asked and what was answered. */
export function operationText(operation: Operation): string {
  const { op, process, kind, asked, start, end } = operation;
  const question = asked === null ? kind : `${kind} ${shortened(asked, 60)}`;
  const when = `from ${instantText(start)} for ${spanText((end - start) / 1e6)}`;
  return `op ${op} ${shortened(process, 60)}: ${question} ${when} → ${answerText(operation)}`;
}

function answerText({ outcome, kind, id, created, error }: Operation): string {
  if (outcome !== "ok") {
    const reason = error === null ? "" : ` ${error.reason}: ${error.message}`;
    return shortened(`${outcome}${reason}`, 400);
  }
  if (id === null) return kind === "find" ? "there is none" : "ok";
  const manner = created === null ? "" : created ? ", created" : ", found";
  return `${shortened(id, 80)}${manner}`;
}
