import { existingIndexes } from "../../store/key-index.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import type { PreflightReport } from "./findings.ts";

/** A field that is referred to instead of the id is looked up by an index, here and in the application. */
export async function targetIndexes(ctx: MigrationContext): Promise<PreflightReport> {
  const fields = new Set(
    ctx.model.references.map(({ toField }) => toField).filter((field) => field !== "_id"),
  );
  const leading = new Set((await existingIndexes(ctx.chats)).map(({ key }) => Object.keys(key)[0]));
  const problems = [...fields]
    .filter((field) => !leading.has(field))
    .map(
      (field) =>
        `${ctx.chats.namespace} has no index on ${field}, which references refer to ("toField"): build one`,
    );
  return { problems, warnings: [] };
}
