import type { Db, Document } from "mongodb";
import { ChatError } from "../errors/chat-error.ts";
import { isServerError } from "../errors/mongo-errors.ts";
import type { ChatModel } from "../model/chat-model.ts";
import { rootsOf } from "../model/nested-fields.ts";
import { participantPaths } from "../model/participants-place.ts";
import { readAs } from "./majority.ts";
import { unauthorized } from "./recorded-model.ts";

/**
 * A validator that lets no chat have what each has for onechat. Any other may let those pass that the caller gives something
 * to, and a moderate one those that have never satisfied it.
 */
export async function strictValidator(
  db: Db,
  model: ChatModel,
  maxTimeMS: number,
): Promise<ChatError | null> {
  const { collection, keyField } = model.chats;
  const options = await collectionOptions(db, collection, maxTimeMS);
  if ((options["validationLevel"] ?? "strict") !== "strict") return null;
  const refused = refusedFields(options, ["_id", ...rootsOf([...participantPaths(model), keyField])]);
  if (refused.length === 0) return null;
  const text =
    `the validator of ${db.databaseName}.${collection} has additionalProperties: false and refuses ${refused.join(", ")}, ` +
    "so it refuses every new chat: add them to its properties";
  return new ChatError("MODEL_MISMATCH", text);
}

/** None where the user may not ask. */
async function collectionOptions(db: Db, name: string, maxTimeMS: number): Promise<Readonly<Document>> {
  try {
    const [info] = await db.listCollections({ name }, { ...readAs, nameOnly: false, maxTimeMS }).toArray();
    return (info !== undefined && "options" in info ? info.options : undefined) ?? {};
  } catch (error) {
    if (isServerError(error) && error.code === unauthorized) return {};
    throw error;
  }
}

/** Fields that a collection's validator lets no document have, whatever else is in it. */
export function refusedFields(options: Readonly<Document>, fields: readonly string[]): readonly string[] {
  if (options["validationAction"] === "warn" || options["validationLevel"] === "off") return [];
  const schemas = schemasOf(options["validator"]);
  return fields.filter((field) => schemas.some((schema) => !letsPass(schema, field)));
}

/** The schemas that a document has to satisfy, all of them. */
function schemasOf(validator: unknown): readonly Document[] {
  if (!isDocument(validator)) return [];
  const all: readonly unknown[] = Array.isArray(validator["$and"]) ? validator["$and"] : [];
  const schema: unknown = validator["$jsonSchema"];
  return [...(isDocument(schema) ? [schema] : []), ...all.flatMap(schemasOf)];
}

function letsPass(schema: Document, field: string): boolean {
  if (schema["additionalProperties"] !== false) {
    const all: readonly unknown[] = Array.isArray(schema["allOf"]) ? schema["allOf"] : [];
    return all.filter(isDocument).every((one) => letsPass(one, field));
  }
  const patterns = Object.keys(isDocument(schema["patternProperties"]) ? schema["patternProperties"] : {});
  const properties: unknown = schema["properties"];
  return (
    (isDocument(properties) && field in properties) || patterns.some((pattern) => mayMatch(pattern, field))
  );
}

/** The server knows patterns that are none here. */
function mayMatch(pattern: string, field: string): boolean {
  try {
    return pattern.includes("[:") || new RegExp(pattern, "u").test(field);
  } catch {
    return true;
  }
}

function isDocument(value: unknown): value is Document {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
