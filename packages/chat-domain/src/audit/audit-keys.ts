import type { NativeId } from "../identity/native-id.ts";
import { idMap } from "../identity/stored-ids.ts";
import type { MigrationContext } from "../migrate/context/migration-context.ts";
import { hasItsKey } from "../migrate/keys/chat-validity.ts";
import { nextChats } from "../migrate/keys/scan-chats.ts";
import { uniqueChats } from "../model/chat-filters.ts";
import { keyField, type StoredDocument } from "../model/stored-document.ts";
import type { Finding } from "./finding.ts";

const batch = 2_000;

/** Every live chat that is unique by its participants has the key of its participants. */
export async function* auditKeys(
  ctx: MigrationContext,
  tick: (more: number) => void,
): AsyncGenerator<Finding> {
  const filter = uniqueChats(ctx.model);
  for (let after: NativeId | null = null; ;) {
    const chats: readonly StoredDocument[] = await nextChats(ctx, { filter, after, limit: batch });
    const last = chats.at(-1);
    if (last === undefined) return;
    const wrong = chats.filter((chat) => !hasItsKey(ctx.model, chat));
    const parked = await parkedAmong(ctx, wrong);
    for (const chat of wrong) if (!parked.has(chat._id)) yield wrongKey(chat);
    tick(chats.length);
    after = last._id;
  }
}

/** What is parked is a finding of its own. */
async function parkedAmong(
  ctx: MigrationContext,
  chats: readonly StoredDocument[],
): Promise<{ has(id: NativeId): boolean }> {
  if (chats.length === 0) return idMap([]);
  const ids = chats.map(({ _id }) => _id);
  const entries = await ctx.records.journal.find({ _id: { $in: ids }, state: "parked" }).toArray();
  return idMap(entries.map(({ _id }) => [_id, true] as const));
}

function wrongKey(chat: StoredDocument): Finding {
  const keyless = (chat[keyField] ?? null) === null;
  return {
    code: keyless ? "KEYLESS_CHAT" : "WRONG_KEY",
    message: keyless
      ? "a live chat has no key"
      : "a live chat has a key that is not that of its participants",
    chat: chat._id,
    reference: null,
  };
}
