import type { Document } from "bson";
import { withFields } from "../wire/bson-fields.ts";
import { answerBody, answerTo, type WireRequest } from "../wire/wire-request.ts";
import { withRefusedStatements } from "./refused-statements.ts";
import type { RelayedConnection } from "./relay.ts";
import type { FaultyAnswer, ServerError } from "./rule.ts";
import type { RuleBook } from "./rule-book.ts";
import type { Answer } from "./upstream-answers.ts";

/** How a rule ends a command. */
export type CommandEnd = "reset" | "cut" | FaultyAnswer;

export interface Exchange {
  readonly connection: RelayedConnection;
  readonly rules: RuleBook<WireRequest, CommandEnd>;
  readonly ask: Answer;
}

/** One command's way: rules, the server, rules, and back to the client. */
export async function exchange(request: WireRequest, { connection, rules, ask }: Exchange): Promise<void> {
  const before = await rules.applied("before", request);
  if (before === "reset") return connection.reset();
  if (isError(before)) return write(connection, errorAnswer(request, before.error));
  connection.underWay = request.name !== "hello";
  const answering = isRefusal(before)
    ? withRefusedStatements(request, before.writeErrors, ask)
    : ask(request);
  answering.catch(() => undefined);
  // It has been written by now, although nobody has waited for the answer.
  if ((await rules.applied("sent", request)) !== null) return connection.reset();
  const answer = await answering;
  const after = await rules.applied("after", request);
  connection.underWay = false;
  if (after === "reset") return connection.reset();
  if (after === "cut") return cut(connection, answer);
  write(connection, answer === null || after === null ? answer : spoiled(request, answer, after));
}

function isError(end: CommandEnd | null): end is Extract<FaultyAnswer, { readonly error: ServerError }> {
  return typeof end === "object" && end !== null && "error" in end;
}

function isRefusal(end: CommandEnd | null): end is Extract<FaultyAnswer, { readonly writeErrors: unknown }> {
  return typeof end === "object" && end !== null && "writeErrors" in end;
}

function write({ client }: RelayedConnection, answer: Buffer | null): void {
  if (answer !== null) client.write(answer);
}

/** The first half of the answer is all that ever comes. */
function cut(connection: RelayedConnection, answer: Buffer | null): void {
  if (answer === null) connection.reset();
  else connection.client.write(answer.subarray(0, answer.length / 2), () => connection.reset());
}

/** What the rule makes of an answer that was on its way. */
function spoiled(request: WireRequest, answer: Buffer, fault: FaultyAnswer): Buffer | null {
  if ("error" in fault) return errorAnswer(request, fault.error);
  if (!("writeConcernError" in fault)) return answer;
  const { labels, ...error } = fault.writeConcernError;
  const extra = { writeConcernError: told(error), ...(labels === undefined ? {} : { errorLabels: labels }) };
  return answerTo(request, withFields(answerBody(answer), extra));
}

/** A write that is not acknowledged fails in silence. */
function errorAnswer(request: WireRequest, { labels, ...error }: ServerError): Buffer | null {
  if (!request.wantsReply) return null;
  return answerTo(request, {
    ok: 0,
    ...told(error),
    ...(labels === undefined ? {} : { errorLabels: labels }),
  });
}

function told({ code, codeName, message, fields }: Omit<ServerError, "labels">): Document {
  return { errmsg: message, code, ...(codeName === undefined ? {} : { codeName }), ...fields };
}
