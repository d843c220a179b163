import { type Document, ObjectId } from "mongodb";
import { keyField, mergedIntoField, nativeParticipants, participantsPath } from "./chat-document.ts";
import type { ChatModel } from "./chat-model.ts";
import type { ChatIdentity, ChatRequest } from "./chat-request.ts";
import { nativeId } from "./native-id.ts";
import { isPlainObject } from "./plain-object.ts";

/**
 * The fields of the chat that a request creates, by path, as `$setOnInsert` takes them. The key is not among them: it
 * comes from the filter of an upsert, which must be exactly that one equality.
 */
export function newChatFields(model: ChatModel, request: ChatRequest): Document {
  return {
    createdAt: new Date(),
    ...equalitiesOf(model.chats.where),
    ...request.set,
    ...ownFields(model, request),
  };
}

/** The paths of a new chat that are onechat's to write. */
export function ownPaths(model: ChatModel): readonly string[] {
  const { scope, where } = model.chats;
  const own = [participantsPath(model).array, ...Object.keys(equalitiesOf(where))];
  const reserved = ["_id", keyField, mergedIntoField, "mergedAt", "aliases"];
  return [...own, ...reserved, ...(scope === null ? [] : [scope])];
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
