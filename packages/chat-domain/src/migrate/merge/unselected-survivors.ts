import { idSet } from "../../identity/stored-ids.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import { ownField } from "../../model/own-names.ts";
import { rootOf } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { type Merge, losersOf } from "../context/migration-records.ts";
import { readChatStates, survivorIdentity } from "./chat-states.ts";

/** Folds of fields that `where` asks for, wherever it does so; a filter names fields in many ways, so rather one too many. */
export function foldsInWhere({ chats, fold }: ChatModel): readonly string[] {
  const where = JSON.stringify(chats.where);
  if (where.includes('"$$')) return Object.keys(fold);
  return Object.keys(fold).filter((path) => {
    const root = JSON.stringify(rootOf(path)).slice(1, -1);
    return ['"', '"$'].some((start) => ['"', "."].some((end) => where.includes(`${start}${root}${end}`)));
  });
}

export function unselectedReason(model: ChatModel): string {
  return (
    `with what is folded into it "where" would not select its survivor any more (${foldsInWhere(model).join(", ")}): ` +
    "let it ask for what no fold writes"
  );
}

/** Merges whose contribution is in a survivor that `where` does not select: perhaps for that very reason. */
export async function foldedOutside(
  { chats, model }: MigrationContext,
  merges: readonly Merge[],
): Promise<readonly Merge[]> {
  if (foldsInWhere(model).length === 0) return [];
  const marks = ownField(model, "foldedFrom");
  const outside = await chats
    .find(
      {
        _id: { $in: merges.map(({ survivor }) => survivor) },
        [`${marks}.from`]: { $in: losersOf(merges) },
        $nor: [model.chats.where],
      },
      { projection: { _id: 1 } },
    )
    .toArray();
  const isOutside = idSet(outside.map(({ _id }) => _id));
  return merges.filter(({ survivor }) => isOutside.has(survivor));
}

/** Of merges that were undone those whose survivors are what they were before. */
export async function selectedAgain(
  ctx: MigrationContext,
  merges: readonly Merge[],
): Promise<readonly Merge[]> {
  if (merges.length === 0) return [];
  const states = await readChatStates(
    ctx,
    merges.map(({ survivor }) => survivor),
  );
  return merges.filter(({ survivor }) => survivorIdentity(ctx.model, states.get(survivor)) !== null);
}
