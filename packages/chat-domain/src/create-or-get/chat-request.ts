import { nativeId } from "../identity/native-id.ts";
import { nativeParticipants } from "../model/chat-document.ts";
import type { ChatModel } from "../model/chat-model.ts";
import { type ChatRequest, settable } from "../model/new-chat.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { chatIdentity } from "../store/requested-identity.ts";

export interface CreateOrGetChatInput {
  /** Ids in any accepted form, see `participantId`; order and repetition do not matter; 1 to 100 different ones. */
  readonly participants: readonly unknown[];
  /** Part of the identity: same people, other scope, other chat. Empty unless given. */
  readonly scope?: unknown;
  /** Fields for a new document only; never participants, key, scope or `_id`. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Releases this caller; what others share with it goes on, and the chat may be created all the same. */
  readonly signal?: AbortSignal;
}

const nothingSet: ChatRequest["set"] = Object.freeze({});

/**
 * Everything that can be wrong with a call is found here, before it is asked whether the chat exists: most do, so the
 * fields of a new one are made only when it is needed.
 *
 * @throws ChatError `INVALID_PARTICIPANTS`
 * @throws TypeError when `set` is not an object of plain fields, or holds one that is onechat's to write
 */
export function chatRequest(ctx: ChatStore, input: CreateOrGetChatInput): ChatRequest {
  const { ids, scope, key } = chatIdentity(ctx, input);
  refuseUnstorable(ctx.model, ids, scope);
  return { ids, scope, key, set: settable(ctx.ownPaths, input.set ?? nothingSet) };
}

/** Ids that the model stores as ObjectIds have to be some. */
function refuseUnstorable(model: ChatModel, ids: readonly string[], scope: string): void {
  if (model.chats.participantType !== "string") nativeParticipants(model, ids);
  if (scope !== "") nativeId(scope, model.chats.scopeType, "scope");
}
