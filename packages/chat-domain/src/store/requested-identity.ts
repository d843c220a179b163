import { ChatError } from "../errors/chat-error.ts";
import { scopeId } from "../identity/participant-id.ts";
import { canonicalParticipants, type ChatIdentity, keyOf } from "../identity/participants-key.ts";
import type { ChatModel } from "../model/chat-model.ts";
import type { ChatStore } from "./chat-store.ts";

/** @throws ChatError `INVALID_PARTICIPANTS` */
export function chatIdentity(
  ctx: ChatStore,
  input: { readonly participants: readonly unknown[]; readonly scope?: unknown },
): ChatIdentity {
  const scope = input.scope === undefined ? "" : scopeOf(ctx.model, input.scope);
  const ids = canonicalParticipants(input.participants, ctx.maxParticipants);
  return { ids, scope, key: keyOf(ids, scope) };
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
