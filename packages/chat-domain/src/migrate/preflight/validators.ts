import type { Document } from "mongodb";
import { ownField, ownFieldNames } from "../../model/own-names.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { collectionInfos } from "./collections.ts";
import type { PreflightReport } from "./findings.ts";

/** A validator that lets no other fields pass than those that it names would refuse what onechat writes. */
export async function strictValidators(ctx: MigrationContext): Promise<PreflightReport> {
  const { model } = ctx;
  const mark = ownField(model, "foldedFrom");
  const written = new Map<string, readonly string[]>([
    ...model.references
      .filter(({ onConflict }) => onConflict === "fold")
      .map(({ collection }) => [collection, [mark]] as const),
    [model.chats.collection, [model.chats.keyField, ...ownFieldNames.map((name) => ownField(model, name))]],
  ]);
  const infos = await collectionInfos(ctx);
  const problems = [...written].flatMap(([name, fields]) => {
    const options = infos.find((info) => info.name === name)?.options ?? {};
    const refused = refusedFields(options, fields);
    if (refused.length === 0) return [];
    return [
      `the validator of ${name} has additionalProperties: false and refuses ${refused.join(", ")}: add them to its properties`,
    ];
  });
  return { problems, warnings: [] };
}

function refusedFields(options: Readonly<Document>, fields: readonly string[]): readonly string[] {
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
    (isDocument(properties) && field in properties) ||
    patterns.some((pattern) => new RegExp(pattern).test(field))
  );
}

function isDocument(value: unknown): value is Document {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
