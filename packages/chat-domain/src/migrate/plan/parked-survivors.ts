import type { ChatIdentity } from "../../identity/participants-key.ts";
import { groupedById } from "../../identity/stored-ids.ts";
import { identityProjection, storedIdentity } from "../../model/chat-document.ts";
import { uniqueChats } from "../../model/chat-filters.ts";
import { isReleased, ownField } from "../../model/own-names.ts";
import type { StoredDocument } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { type Holder, holdersOf } from "../keys/key-holders.ts";

/** A chat that keeps its own duplicates, and the one that has the key of its people, or takes it first. */
export interface ParkedSurvivor {
  readonly chat: StoredDocument;
  readonly holder: Pick<Holder, "chat">;
}

/**
 * Chats into which duplicates have been merged, and whose people are others by now: where another chat holds the key of
 * those, `up` parks them, because a chat with duplicates of its own becomes none itself.
 */
export async function parkedSurvivors(ctx: MigrationContext): Promise<readonly ParkedSurvivor[]> {
  const { keyField } = ctx.model.chats;
  const withDuplicates = { [`${ownField(ctx.model, "aliases")}.0`]: { $exists: true } };
  const options = { projection: identityProjection(ctx.model), sort: { _id: 1 } } as const;
  const displaced: { readonly chat: StoredDocument; readonly identity: ChatIdentity }[] = [];
  for await (const chat of ctx.chats.find({ $and: [uniqueChats(ctx.model), withDuplicates] }, options)) {
    const identity = isReleased(ctx.model, chat) ? null : storedIdentity(ctx.model, chat);
    if (identity !== null && chat[keyField] !== identity.key) displaced.push({ chat, identity });
  }
  const holders = await holdersOf(
    ctx,
    displaced.map(({ identity }) => identity),
  );
  return groupedById(displaced, ({ identity }) => identity.key).flatMap(
    (group): readonly ParkedSurvivor[] => {
      const [first, ...others] = group;
      if (first === undefined) return [];
      const holder = holders.get(first.identity.key);
      const isHeld = holder?.isRight === true;
      // Of several the first takes a key that is free.
      return (isHeld ? group : others).map(({ chat }) => ({ chat, holder: isHeld ? holder : first }));
    },
  );
}
