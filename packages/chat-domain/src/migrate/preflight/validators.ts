import { ownField, ownFieldNames } from "../../model/own-names.ts";
import { refusedFields } from "../../store/strict-validator.ts";
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
