import { ChatModel } from "@onechat/chat-domain";
import { z } from "zod";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The names that a configuration file knows at a place in it; none where any name will do, or only some shapes have names. */
export function knownNames(path: readonly PropertyKey[]): readonly string[] {
  const model = z.toJSONSchema(ChatModel, { io: "input", unrepresentable: "any" });
  const names = Object.keys(path.reduce<JsonSchema>(inside, model).properties ?? {});
  return path.length === 0 ? ["database", ...names] : names;
}

function inside({ properties = {}, items }: JsonSchema, part: PropertyKey): JsonSchema {
  const next = typeof part === "number" ? items : properties[String(part)];
  return typeof next === "object" && !Array.isArray(next) ? next : {};
}
