import { ChatError } from "../errors/chat-error.ts";
import { nativeForms } from "../identity/native-id.ts";
import { participantIdOrNull } from "../identity/participant-id.ts";
import { isLive, ownField } from "../model/own-names.ts";
import type { StoredDocument } from "../model/stored-document.ts";
import type { ChatStore } from "./chat-store.ts";

/**
 * The live chat behind an id of any age: itself, the survivor it was merged into, or the target of its redirect. A merge
 * never makes a chain; where a survivor lost its key and was merged itself there is one, so it is followed to its end,
 * and only damaged data that lead back to where they came from have none.
 *
 * @throws ChatError `CHAT_NOT_FOUND`
 */
export async function followChatId(ctx: ChatStore, id: unknown): Promise<StoredDocument> {
  const visited = new Set<string>();
  let tombstone: string | null = null;
  for (let next = participantIdOrNull(id); next !== null && !visited.has(next);) {
    visited.add(next);
    const stored = await readById(ctx, next);
    if (stored !== null && isLive(ctx.model, stored)) return stored;
    if (stored !== null) tombstone = next;
    const survivor = participantIdOrNull(stored?.[ownField(ctx.model, "mergedInto")]);
    next =
      survivor !== null && !visited.has(survivor)
        ? survivor
        : await redirectOf(ctx, next, { tombstone, visited });
  }
  throw new ChatError("CHAT_NOT_FOUND", "there is no chat with this id");
}

/** A collection's own collation, which its `_id` index has, may find another id than the one that is asked for. */
async function readById(ctx: ChatStore, id: string): Promise<StoredDocument | null> {
  const filter = { _id: { $in: [...nativeForms(id)] } };
  const stored = await ctx.chats.findOne(filter, { ...ctx.reading, maxTimeMS: ctx.deadlineMs });
  return participantIdOrNull(stored?._id) === id ? stored : null;
}

interface Trail {
  readonly tombstone: string | null;
  readonly visited: ReadonlySet<string>;
}

/** Of the id itself, or of the tombstone that named it: a redirect outlives both. */
async function redirectOf(ctx: ChatStore, id: string, { tombstone, visited }: Trail): Promise<string | null> {
  const forms = [id, ...(tombstone === null ? [] : [tombstone])].flatMap((old) => [...nativeForms(old)]);
  const redirects = await ctx.redirects
    .find({ _id: { $in: forms } }, { maxTimeMS: ctx.deadlineMs })
    .toArray();
  const targets = redirects.map((redirect) => participantIdOrNull(redirect["to"]));
  return targets.find((target) => target !== null && !visited.has(target)) ?? null;
}
