import { ChatModel, type ChatModelInput } from "@onechat/chat-domain";
import { EJSON } from "bson";
import { z } from "zod";
import { zodProblems } from "./zod-problems.ts";

/** What a configuration file says: the database, and where the application keeps its chats. */
export interface ConfigFile {
  readonly database: string | null;
  readonly model: ChatModelInput;
}

export type ParsedConfigFile =
  | { readonly config: ConfigFile }
  /** What is wrong, each with its path. */
  | { readonly problems: readonly string[] };

const Database = z.object({ database: z.string().min(1).optional() });

/** Extended JSON, so that a filter may hold ObjectIds and dates: `{"$oid": …}`. */
export function parseConfigFile(text: string): ParsedConfigFile {
  const json = parsedJson(text);
  if ("problem" in json) return { problems: [json.problem] };
  const { value } = json;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { problems: ["is not a JSON object"] };
  const date = wrongDate(value);
  if (date !== null)
    return {
      problems: [`holds {"$date": "${date}"}, which is no time with its zone, such as 2026-01-31T12:00:00Z`],
    };
  const values = extendedJson(value);
  if ("problem" in values) return { problems: [values.problem] };
  const { database: _named, ...rest } = values.value;
  const database = Database.safeParse(value);
  const model = ChatModel.safeParse(rest);
  const problems = [...zodProblems(database.error), ...zodProblems(model.error)];
  if (problems.length > 0) return { problems };
  return { config: { database: database.data?.database ?? null, model: rest } };
}

const day = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d))?$/i;

/** Without a zone a time is another one on another machine; what is no time at all would be stored as 1970. */
function wrongDate(value: unknown): string | null {
  if (Array.isArray(value)) return value.reduce<string | null>((found, one) => found ?? wrongDate(one), null);
  if (typeof value !== "object" || value === null) return null;
  const date: unknown = Reflect.get(value, "$date");
  if (typeof date === "string") return day.test(date) && !Number.isNaN(Date.parse(date)) ? null : date;
  return wrongDate(Object.values(value));
}

function extendedJson(
  value: object,
): { readonly value: Record<string, unknown> } | { readonly problem: string } {
  try {
    return { value: EJSON.deserialize(value) as Record<string, unknown> };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { problem: `holds a value that is no Extended JSON, such as {"$oid": "24 hex digits"}: ${why}` };
  }
}

/** Without the parser's quotation of the text: somebody may have named the wrong file, one with a secret. */
function parsedJson(text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const [what] = (error instanceof Error ? error.message : "").split(/, ["'.]/);
    return { problem: `is not JSON: ${what}` };
  }
}
