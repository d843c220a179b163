import { ChatError } from "../errors/chat-error.ts";
import { scopeId } from "../identity/participant-id.ts";
import { canonicalParticipants, type ChatIdentity, keyOf } from "../identity/participants-key.ts";
import type { ChatModel } from "../model/chat-model.ts";
import { fitsFields, ownerField, participantPaths } from "../model/participants-place.ts";
import type { ChatStore } from "./chat-store.ts";

/** @throws ChatError `INVALID_PARTICIPANTS` */
export function chatIdentity(
  ctx: ChatStore,
  input: { readonly participants: readonly unknown[]; readonly scope?: unknown },
): ChatIdentity {
  const scope = input.scope === undefined ? "" : scopeOf(ctx.model, input.scope);
  const ids = canonicalParticipants(input.participants, ctx.maxParticipants);
  refuseUnfit(ctx.model, ids, scope);
  return { ids, scope, key: keyOf(ids, scope) };
}

/** Where people are in fields of their own, everybody has to have one; and an owner is one of them. */
function refuseUnfit(model: ChatModel, ids: readonly string[], scope: string): void {
  if (!fitsFields(model, ids.length)) {
    const fields = participantPaths(model).join(", ");
    throw new ChatError(
      "INVALID_PARTICIPANTS",
      `participants are ${ids.length} different ones; a chat of this application has one in each of ${fields}, or one alone in all`,
    );
  }
  const owner = ownerField(model);
  if (owner !== null && !ids.includes(scope))
    throw new ChatError(
      "INVALID_PARTICIPANTS",
      `scope is none of the participants; in this application it is the one whose chat it is (${owner})`,
    );
}

/** @throws ChatError `INVALID_PARTICIPANTS` when it is no scope, or the application has no field to tell scopes by */
export function scopeOf(model: ChatModel, value: unknown): string {
  const scope = scopeId(value);
  if (scope === "" || model.chats.scope !== null) return scope;
  throw new ChatError(
    "INVALID_PARTICIPANTS",
    "scope is given, but this application's chats have no scope field",
  );
}
