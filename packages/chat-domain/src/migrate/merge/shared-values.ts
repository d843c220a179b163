import type { NativeId } from "../../identity/native-id.ts";
import { type IdMap, idMap, idText } from "../../identity/stored-ids.ts";
import { identityProjection, recomputedKey } from "../../model/chat-document.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import { rootOf, valueAt } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import type { Merge } from "../context/migration-records.ts";
import { pointersOf } from "./references/pointers.ts";

/** Fields of chats that references refer to instead of their ids. */
export function targetFields({ references }: ChatModel): readonly string[] {
  return [...new Set(references.map(({ toField }) => toField).filter((field) => field !== "_id"))];
}

/**
 * Merges whose references would follow by a value that a chat of other people has as well, by loser, with the field:
 * nothing tells whose is what refers to it.
 */
export async function mergesBySharedValue(
  ctx: MigrationContext,
  merges: readonly Merge[],
): Promise<IdMap<string>> {
  const shared: (readonly [NativeId, string])[] = [];
  for (const field of targetFields(ctx.model)) {
    const pointers = await pointersOf(ctx, merges, { toField: field });
    const values = pointers.flatMap(({ from, to }) => (to === null ? [from] : [from, to]));
    const holders = values.length === 0 ? [] : await holdersOf(ctx, field, values);
    const people = idMap(holders.map(({ chat, key }) => [chat, key] as const));
    for (const { merge, from, to } of pointers) {
      const named = new Set([from, to].map(idText));
      const others = holders.filter(({ key, value }) => named.has(value) && key !== people.get(merge.loser));
      if (others.length > 0) shared.push([merge.loser, field]);
    }
  }
  return idMap(shared);
}

async function holdersOf(ctx: MigrationContext, field: string, values: readonly NativeId[]) {
  const projection = { ...identityProjection(ctx.model), [rootOf(field)]: 1 };
  const chats = await ctx.chats.find({ [field]: { $in: [...values] } }, { projection }).toArray();
  return chats.map((chat) => ({
    chat: chat._id,
    /** Of its people; `null` where nobody can tell. */
    key: recomputedKey(ctx.model, chat),
    value: idText(valueAt(chat, field)),
  }));
}
