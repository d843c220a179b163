import { type Document, ObjectId } from "mongodb";
import type { ChatContext } from "./chat-context.ts";
import { keyField, mergedIntoField, nativeParticipants, participantsPath } from "./chat-document.ts";
import { ChatError } from "./chat-error.ts";
import type { ChatModel } from "./chat-model.ts";
import { isFieldPath } from "./field-path.ts";
import { isPlainObject } from "./plain-object.ts";
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
 * @throws ChatError `INVALID_PARTICIPANTS`
 * @throws TypeError when `set` is not an object of plain fields, or holds one that is onechat's to write
 */
export function chatRequest(ctx: ChatContext, input: CreateOrGetChatInput): ChatRequest {
  const identity = chatIdentity(ctx, input);
  const { model } = ctx;
  const own = ownFields(model, identity);
  const fixed = equalitiesOf(model.chats.where);
  const set = input.set ?? {};
  refuseUnfitSet(set, [...Object.keys(own), ...Object.keys(fixed), ...reservedFields(model)]);
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
  const all: unknown = where["$and"];
  const nested = Array.isArray(all) ? all.filter(isPlainObject).map(equalitiesOf) : [];
  const own = Object.entries(where)
    .filter(([field]) => !field.startsWith("$"))
    .map(([field, condition]) => [field, equalTo(condition)] as const)
    .filter(([, value]) => value !== undefined && value !== null);
  return Object.assign({}, ...nested, Object.fromEntries(own)) as Document;
}

/** A sub-document without operators is compared as a whole, like any other value. */
function equalTo(condition: unknown): unknown {
  if (!isPlainObject(condition)) return condition;
  const fields = Object.keys(condition);
  if (!fields.some((field) => field.startsWith("$"))) return condition;
  return fields.join() === "$eq" ? condition["$eq"] : undefined;
}

function reservedFields(model: ChatModel): readonly string[] {
  const scope = model.chats.scope === null ? [] : [model.chats.scope];
  return ["_id", keyField, mergedIntoField, "mergedAt", "aliases", ...scope];
}

function refuseUnfitSet(set: unknown, reserved: readonly string[]): void {
  if (!isPlainObject(set)) throw new TypeError("set is an object of plain fields");
  if ("createdAt" in set && !(set["createdAt"] instanceof Date))
    throw new TypeError("set.createdAt is a Date");
  const fields = Object.keys(set);
  for (const field of fields) {
    if (!isFieldPath(field)) throw new TypeError(`set["${field}"] is not a field that can be set`);
    const own = reserved.find((other) => overlaps(field, other));
    if (own !== undefined)
      throw new TypeError(`set.${field} is not for the caller to set: onechat writes ${own}`);
    const twin = fields.find((other) => other !== field && overlaps(field, other));
    if (twin !== undefined) throw new TypeError(`set.${field} and set.${twin} are set twice`);
  }
}

function overlaps(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}
