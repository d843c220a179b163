import type { MigrationContext } from "../context/migration-context.ts";
import { chatFold } from "./chat-fold.ts";
import type { FoldCollection } from "./fold/fold-sources.ts";
import { rowFold } from "./references/row-conflicts.ts";
import { foldsRows } from "./references/row-copies.ts";

/** Everything that folds: chats, and rows of references that say so. */
export function allFolds(ctx: MigrationContext): readonly FoldCollection[] {
  const { fold, references } = ctx.model;
  const rows = references.filter(foldsRows).map((reference) => rowFold(ctx.model, reference));
  return [...(Object.keys(fold).length === 0 ? [] : [chatFold(ctx)]), ...rows];
}
