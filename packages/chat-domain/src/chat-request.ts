import type { ChatContext } from "./chat-context.ts";
import { nativeParticipants } from "./chat-document.ts";
import { ChatError } from "./chat-error.ts";
import type { ChatModel } from "./chat-model.ts";
import type { CreateOrGetChatInput } from "./create-or-get-chat.ts";
import { isFieldPath } from "./field-path.ts";
import { nativeId } from "./native-id.ts";
import { scopeId } from "./participant-id.ts";
import { canonicalParticipants, keyOf } from "./participants-key.ts";
import { isPlainObject } from "./plain-object.ts";

/** Who is meant: canonical, checked, hashed. */
export interface ChatIdentity {
  readonly ids: readonly string[];
  readonly scope: string;
  readonly key: string;
}

/** A checked call: who is meant, and what the caller wants a new chat to have. */
export interface ChatRequest extends ChatIdentity {
  readonly set: Readonly<Record<string, unknown>>;
}

const nothingSet: ChatRequest["set"] = Object.freeze({});

/** @throws ChatError `INVALID_PARTICIPANTS` */
export function chatIdentity(
  ctx: ChatContext,
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

/**
 * Everything that can be wrong with a call is found here, before it is asked whether the chat exists: most do, so the
 * fields of a new one are made only when it is needed.
 *
 * @throws ChatError `INVALID_PARTICIPANTS`
 * @throws TypeError when `set` is not an object of plain fields, or holds one that is onechat's to write
 */
export function chatRequest(ctx: ChatContext, input: CreateOrGetChatInput): ChatRequest {
  const { ids, scope, key } = chatIdentity(ctx, input);
  refuseUnstorable(ctx.model, ids, scope);
  return { ids, scope, key, set: settable(ctx, input.set ?? nothingSet) };
}

/** Ids that the model stores as ObjectIds have to be some. */
function refuseUnstorable(model: ChatModel, ids: readonly string[], scope: string): void {
  if (model.chats.participantType !== "string") nativeParticipants(model, ids);
  if (scope !== "") nativeId(scope, model.chats.scopeType, "scope");
}

/** A copy: what the caller adds while the call waits comes too late to be checked. */
function settable({ ownPaths }: ChatContext, set: unknown): ChatRequest["set"] {
  if (!isPlainObject(set)) throw new TypeError("set is an object of plain fields");
  if ("createdAt" in set && !(set["createdAt"] instanceof Date))
    throw new TypeError("set.createdAt is a Date");
  const fields = Object.keys(set);
  for (const field of fields) {
    if (!isFieldPath(field)) throw new TypeError(`set["${field}"] is not a field that can be set`);
    const reserved = ownPaths.find((other) => overlaps(field, other));
    if (reserved !== undefined)
      throw new TypeError(`set.${field} is not for the caller to set: onechat writes ${reserved}`);
    const twin = fields.find((other) => other !== field && overlaps(field, other));
    if (twin !== undefined) throw new TypeError(`set.${field} and set.${twin} are set twice`);
  }
  return { ...set };
}

function overlaps(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}
