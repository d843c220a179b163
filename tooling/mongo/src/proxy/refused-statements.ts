import { type Document, deserialize } from "bson";
import { fieldsOf, withFields, withoutFields } from "../wire/bson-fields.ts";
import { sequence, sequenceIn } from "../wire/document-sequence.ts";
import { commandBody, requestFrame, sections } from "../wire/wire-frames.ts";
import { answerBody, answerTo, type WireRequest } from "../wire/wire-request.ts";
import type { StatementError } from "./rule.ts";
import type { Answer } from "./upstream-answers.ts";

/** Where each of the writing commands has its statements. */
const statementFields: Readonly<Record<string, string>> = {
  insert: "documents",
  update: "updates",
  delete: "deletes",
};

/** Those of the errors that refuse one of the command's statements: of an ordered command only the first counts. */
export function refusalsOf(
  request: WireRequest,
  errors: readonly StatementError[],
): readonly StatementError[] {
  const field = statementFields[request.name] ?? "";
  const statements = (request.command[field] ?? []) as readonly unknown[];
  const refused = errors
    .filter(({ index }) => index < statements.length)
    .toSorted((one, other) => one.index - other.index);
  return request.command["ordered"] === false ? refused : refused.slice(0, 1);
}

/** The server gets the statements that are not refused; of an ordered command those before the one that is. */
export async function withRefusedStatements(
  request: WireRequest,
  refused: readonly StatementError[],
  ask: Answer,
): Promise<Buffer | null> {
  const field = statementFields[request.name] ?? "";
  const statements = statementsOf(request.frame, field);
  const isRefused = (index: number): boolean =>
    request.command["ordered"] === false
      ? refused.some((error) => error.index === index)
      : index >= (refused[0]?.index ?? 0);
  const kept = [...statements.keys()].filter((index) => !isRefused(index));
  if (kept.length === 0)
    return request.wantsReply
      ? answerTo(request, { n: 0, nModified: 0, writeErrors: told(refused), ok: 1 })
      : null;
  const body = withoutFields(commandBody(request.frame) ?? Buffer.alloc(0), [field]);
  const rest = sequence(
    field,
    kept.flatMap((index) => statements[index] ?? []),
  );
  const frame = requestFrame(request.frame, [{ kind: 0, bytes: Buffer.from(body) }, rest]);
  const answer = await ask({ ...request, frame });
  return answer === null ? null : answerTo(request, completed(answerBody(answer), kept, refused));
}

/** The server's answer about those that were kept, by the positions that they had, and the refusals of the others. */
function completed(answer: Buffer, kept: readonly number[], refused: readonly StatementError[]): Uint8Array {
  const { writeErrors, upserted } = deserialize(answer);
  const atOldPlace = (parts: unknown): readonly Document[] =>
    ((parts ?? []) as readonly Document[]).map((part) => ({ ...part, index: kept[Number(part["index"])] }));
  const all = [...atOldPlace(writeErrors), ...told(refused)];
  return withFields(answer, {
    writeErrors: all.toSorted((one, other) => Number(one["index"]) - Number(other["index"])),
    ...(upserted === undefined ? {} : { upserted: atOldPlace(upserted) }),
  });
}

function told(refused: readonly StatementError[]): readonly Document[] {
  return refused.map(({ index, code, codeName, message, fields }) => ({
    index,
    code,
    ...(codeName === undefined ? {} : { codeName }),
    errmsg: message,
    ...fields,
  }));
}

/** Undecoded: they are an array of the command, or a sequence beside it. */
function statementsOf(frame: Buffer, field: string): readonly Uint8Array[] {
  for (const section of sections(frame)) {
    const found = sequenceIn(section);
    if (found?.name === field) return found.documents;
  }
  const array = fieldsOf(commandBody(frame) ?? Buffer.alloc(0)).find(({ name }) => name === field);
  return array === undefined ? [] : fieldsOf(array.value).map(({ value }) => value);
}
