import { ownValues } from "../driver/bson-copies.ts";
import { refuseUnknown } from "../driver/known-options.ts";
import { isStorableAs, nativeId } from "../identity/native-id.ts";
import { participantIdOrNull } from "../identity/participant-id.ts";
import type { ChatIdentity } from "../identity/participants-key.ts";
import type { ChatModel } from "../model/chat-model.ts";
import { memberFields } from "../model/member-fields.ts";
import { type ChatRequest, settable } from "../model/new-chat.ts";
import { ownerField, participantFields } from "../model/participants-place.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { chatIdentity } from "../store/requested-identity.ts";

export interface CreateOrGetChatInput {
  /**
   * Ids in any accepted form, see `participantId`; order and repetition do not matter; 1 to 100 different ones. Where a
   * model's people are in fields of their own, they are put there in this order.
   */
  readonly participants: readonly unknown[];
  /** Part of the identity: same people, other scope, other chat. Empty unless given. */
  readonly scope?: unknown;
  /** Fields for a new document only; never participants, key, scope or `_id`. */
  readonly set?: Readonly<Record<string, unknown>>;
  /**
   * Fields of each member's sub-document in a new chat, where participants are sub-documents (`members.userId`): a role, a
   * date of joining. The same for all, or a function of the canonical id.
   */
  readonly member?: Readonly<Record<string, unknown>> | ((id: string) => Readonly<Record<string, unknown>>);
  /** Releases this caller; what others share with it goes on, and the chat may be created all the same. */
  readonly signal?: AbortSignal;
}

const nothingSet: ChatRequest["set"] = Object.freeze({});

/**
 * Everything that can be wrong with a call is found here, before it is asked whether the chat exists: most do, so the
 * fields of a new one are made only when it is needed.
 *
 * @throws ChatError `INVALID_PARTICIPANTS`
 * @throws TypeError when an option is unknown, or `set` or `member` is not an object of plain fields, or holds one that is onechat's to write
 */
export function chatRequest(ctx: ChatStore, input: CreateOrGetChatInput): ChatRequest {
  refuseUnknown("createOrGetChat", input, inputFields, notAnInput);
  const { ids, scope, key } = chatIdentity(ctx, input);
  refuseUnstorable(ctx.model, input.participants, { ids, scope, key });
  return {
    ids,
    scope,
    key,
    named: participantFields(ctx.model) === null ? ids : inOrder(input.participants),
    set: input.set === undefined ? nothingSet : settable(ctx.ownPaths, ownValues(input.set)),
    member: memberFields(ctx.model, input.member),
  };
}

const inputFields = {
  participants: true,
  scope: true,
  set: true,
  member: true,
  signal: true,
} satisfies Record<keyof CreateOrGetChatInput, true>;
const notAnInput = {
  session:
    "it is safe to repeat and takes part in no transaction, so call it before the transaction and use the chat's id in there",
};

function inOrder(participants: readonly unknown[]): readonly string[] {
  return [...new Set(participants.map(participantIdOrNull))].filter((id) => id !== null);
}

/** Ids that the model stores as another type than text have to be some; the position is that in the caller's list. */
function refuseUnstorable(
  model: ChatModel,
  participants: readonly unknown[],
  { ids, scope }: ChatIdentity,
): void {
  const { participantType } = model.chats;
  const unfit = ids.find((id) => !isStorableAs(id, participantType));
  if (unfit !== undefined) {
    const position = participants.findIndex((value) => participantIdOrNull(value) === unfit);
    nativeId(unfit, participantType, `participants[${position}]`, { position });
  }
  // One of the people is stored as they are.
  if (scope !== "" && ownerField(model) === null) nativeId(scope, model.chats.scopeType, "scope");
}
