import type { Document, Filter } from "mongodb";
import { isDuplicateKey, isValidatorRefusal } from "../errors/mongo-errors.ts";
import { participantIdOrNull } from "../identity/participant-id.ts";
import type { ChatIdentity } from "../identity/participants-key.ts";
import { asSeen } from "../model/as-seen.ts";
import { storedIdentity } from "../model/chat-document.ts";
import type { ChatModel } from "../model/chat-model.ts";
import { isLive, isReleased, ownField } from "../model/own-names.ts";
import type { StoredDocument } from "../model/stored-document.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { keyForLog } from "../store/key-holder.ts";
import { exactly } from "../store/key-index.ts";

/**
 * Takes a key off a chat that has drifted. If its present people's key is free, it takes that one; else it is a chat
 * without a key. One write, whose filter is the mismatch as it was seen: whoever mends the chat first keeps it.
 */
export async function releaseDrifted(
  ctx: ChatStore,
  { key }: ChatIdentity,
  drifted: StoredDocument,
): Promise<void> {
  for (const { filter, update } of releases(ctx.model, key, drifted)) {
    try {
      const { modifiedCount } = await ctx.chats.updateOne(filter, update, {
        collation: exactly,
        maxTimeMS: ctx.deadlineMs,
      });
      if (modifiedCount === 0) continue;
      ctx.observer.count("released");
      const chatId = participantIdOrNull(drifted._id) ?? "with an unreadable _id";
      ctx.observer.log("warn", "released a chat that no longer matches its key", {
        chatId,
        key: keyForLog(key),
      });
      return;
    } catch (error) {
      if (!isDuplicateKey(error) && !isValidatorRefusal(error)) throw error;
    }
  }
}

export interface Release {
  readonly filter: Filter<StoredDocument>;
  readonly update: Document;
}

/**
 * The writes to try, one after the other until one has an effect: each is refused by the unique index or a validator,
 * or does not match, without harm. `unkeyedAt` is for the validator of a sealed collection alone, so it comes last.
 */
export function releases(model: ChatModel, key: string, drifted: StoredDocument): readonly Release[] {
  const { keyField, where } = model.chats;
  const held = { _id: drifted._id, [keyField]: key };
  const unset = { $unset: { [keyField]: "" } };
  const damage = damageOf(model, drifted);
  if (damage !== null) return [{ filter: { ...held, ...damage }, update: unset }];
  const seen = { $and: [held, asSeen(model, drifted), where] };
  const present = storedIdentity(model, drifted);
  const outside: Release = { filter: { ...held, $nor: [where] }, update: unset };
  // What is as it should be has drifted for no other reason than that `where` does not select it.
  if (present?.key === key) return [outside];
  const unkeyed = { ...unset, $set: { [ownField(model, "unkeyedAt")]: new Date() } };
  return [
    ...(present === null ? [] : [{ filter: seen, update: { $set: { [keyField]: present.key } } }]),
    { filter: seen, update: unset },
    { filter: seen, update: unkeyed },
    outside,
  ];
}

/** A tombstone, and a chat that was released, hold no key whoever is in them. */
function damageOf(model: ChatModel, drifted: StoredDocument): Filter<StoredDocument> | null {
  if (!isLive(model, drifted)) return { [ownField(model, "mergedInto")]: { $ne: null } };
  if (isReleased(model, drifted)) return { [ownField(model, "releasedAt")]: { $ne: null } };
  return null;
}
