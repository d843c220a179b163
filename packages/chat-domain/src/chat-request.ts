import { type Document, ObjectId } from "mongodb";
import type { ChatContext } from "./chat-context.ts";
import { keyField, mergedIntoField, nativeParticipants, participantsPath } from "./chat-document.ts";
import { ChatError } from "./chat-error.ts";
import type { ChatModel } from "./chat-model.ts";
import type { CreateOrGetChatInput } from "./create-or-get-chat.ts";
import { nativeId } from "./native-id.ts";
import { scopeId } from "./participant-id.ts";
import { canonicalParticipants, keyOf } from "./participants-key.ts";

/** Who is meant: canonical, checked, hashed. */
export interface ChatIdentity {
  readonly ids: readonly string[];
  readonly scope: string;
  readonly key: string;
}

/** A checked call: who is meant, and the fields of the chat if it has to be created. */
export interface ChatRequest extends ChatIdentity {
  readonly setOnInsert: Readonly<Document>;
}

/** @throws ChatError `INVALID_PARTICIPANTS` */
export function chatIdentity(
  ctx: ChatContext,
  input: { readonly participants: readonly unknown[]; readonly scope?: unknown },
): ChatIdentity {
  const scope = scopeId(input.scope ?? "");
  if (scope !== "" && ctx.model.chats.scope === null) {
    throw new ChatError(
      "INVALID_PARTICIPANTS",
      "scope is given, but this application's chats have no scope field",
    );
  }
  const ids = canonicalParticipants(input.participants, ctx.maxParticipants);
  return { ids, scope, key: keyOf(ids, scope) };
}

/**
 * @throws ChatError `INVALID_PARTICIPANTS`
 * @throws TypeError when `set` holds a field that is onechat's to write
 */
export function chatRequest(ctx: ChatContext, input: CreateOrGetChatInput): ChatRequest {
  const identity = chatIdentity(ctx, input);
  const { model } = ctx;
  const own = ownFields(model, identity);
  const fixed = equalitiesOf(model.chats.where);
  const set = input.set ?? {};
  refuseReserved(set, [...Object.keys(own), ...Object.keys(fixed), ...reservedFields(model)]);
  // The key itself comes from the filter of the upsert, which must be exactly that one equality.
  return { ...identity, setOnInsert: { createdAt: new Date(), ...fixed, ...set, ...own } };
}

function ownFields(model: ChatModel, { ids, scope }: ChatIdentity): Document {
  const { array } = participantsPath(model);
  const fields: Document = { [array]: nativeParticipants(model, ids) };
  if (scope !== "" && model.chats.scope !== null) {
    fields[model.chats.scope] = nativeId(scope, model.chats.scopeType, "scope");
  }
  if (model.chats.idType === "string") fields["_id"] = new ObjectId().toHexString();
  return fields;
}

/** What `where` demands by plain equality, so that a new chat is one of those it selects. */
function equalitiesOf(where: Readonly<Record<string, unknown>>): Document {
  const equalities = Object.entries(where)
    .filter(([field]) => !field.startsWith("$"))
    .map(([field, condition]) => [field, equalTo(condition)] as const);
  return Object.fromEntries(equalities.filter(([, value]) => value !== undefined && value !== null));
}

function equalTo(condition: unknown): unknown {
  if (typeof condition !== "object" || condition === null || "_bsontype" in condition) return condition;
  if (condition instanceof Date) return condition;
  const operators = Object.entries(condition);
  const [only] = operators;
  return operators.length === 1 && only?.[0] === "$eq" ? only[1] : undefined;
}

function reservedFields(model: ChatModel): readonly string[] {
  const scope = model.chats.scope === null ? [] : [model.chats.scope];
  return ["_id", keyField, mergedIntoField, "mergedAt", "aliases", ...scope];
}

function refuseReserved(set: Readonly<Record<string, unknown>>, reserved: readonly string[]): void {
  for (const field of Object.keys(set)) {
    const clash = reserved.find(
      (own) => own === field || field.startsWith(`${own}.`) || own.startsWith(`${field}.`),
    );
    if (clash !== undefined)
      throw new TypeError(`set.${field} is not for the caller to set: onechat writes ${clash}`);
    if (field.startsWith("$")) throw new TypeError(`set.${field} is an operator; set takes plain fields`);
  }
}
