import type { Filter } from "mongodb";
import type { ChatIdentity } from "../../identity/participants-key.ts";
import { identityProjection, mayHoldKeyOf } from "../../model/chat-document.ts";
import { uniqueChats } from "../../model/chat-filters.ts";
import type { StoredDocument } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";

/** Who holds a key, after a look. */
export interface Holder {
  readonly chat: StoredDocument;
  /** Whether it is the chat of the people whose key it holds; else it has drifted. */
  readonly isRight: boolean;
}

const simple = { locale: "simple" } as const;

/** The holders of keys, by key. `where` is judged by the server: whom it does not select is asked for by themselves. */
export async function holdersOf(
  ctx: MigrationContext,
  identities: readonly ChatIdentity[],
): Promise<ReadonlyMap<string, Holder>> {
  const { where } = ctx.model.chats;
  const selected = await storedByKey(
    ctx,
    identities.map(({ key }) => key),
    where,
  );
  const missed = identities.map(({ key }) => key).filter((key) => !selected.has(key));
  const selectsAll = Object.keys(where).length === 0;
  const outside = selectsAll ? [] : await storedByKey(ctx, missed, { $nor: [where] });
  const holders = new Map<string, Holder>([...outside].map(([key, chat]) => [key, { chat, isRight: false }]));
  for (const identity of identities) {
    const chat = selected.get(identity.key);
    if (chat !== undefined)
      holders.set(identity.key, { chat, isRight: mayHoldKeyOf(ctx.model, chat, identity) });
  }
  return holders;
}

async function storedByKey(
  { chats, model }: MigrationContext,
  keys: readonly string[],
  condition: Filter<StoredDocument>,
): Promise<ReadonlyMap<string, StoredDocument>> {
  if (keys.length === 0) return new Map();
  const { keyField } = model.chats;
  const held = await chats
    .find(
      { $and: [{ [keyField]: { $in: [...keys] } }, condition] },
      { projection: identityProjection(model), collation: simple },
    )
    .toArray();
  return new Map(held.map((chat) => [String(chat[keyField]), chat]));
}

/**
 * Chats that hold a key although `where` does not select them, or although they are tombstones: by key, after the last
 * one of the batch before.
 */
export function nextMisplacedKeys(
  { chats, model }: MigrationContext,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<StoredDocument[]> {
  const { keyField } = model.chats;
  return chats
    .find(
      { $and: [{ [keyField]: { $gt: after } }, { $nor: [uniqueChats(model)] }] },
      { projection: identityProjection(model), sort: { [keyField]: 1 }, limit, collation: simple },
    )
    .toArray();
}
