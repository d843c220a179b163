import { ownField } from "./own-names.ts";
import type { Filter } from "mongodb";
import { nativeForms, type NativeId } from "../identity/native-id.ts";
import type { ChatModel } from "./chat-model.ts";
import { participantFields, participantPaths, participantsPath } from "./participants-place.ts";
import { type StoredDocument } from "./stored-document.ts";

/** Chats that are not tombstones; `null` also matches an absent field. */
function live(model: ChatModel): Filter<StoredDocument> {
  return { [ownField(model, "mergedInto")]: null };
}

/** A chat that was released is left alone by whoever looks for chats without a key. */
function unkeyed(model: ChatModel): Filter<StoredDocument> {
  return { [model.chats.keyField]: { $exists: false }, [ownField(model, "releasedAt")]: null };
}

/** Live chats of a participant, of one scope or of all. Served by the listing indexes. */
export function chatsOf(model: ChatModel, participant: string, scope: string | null): Filter<StoredDocument> {
  const parts = [isPerson(participantPaths(model), participant), live(model)];
  return both(model, scope === null ? parts : [...parts, ofScope(model, scope)]);
}

/** Live chats without a key, not released, whose participants are exactly these, in whatever form, order or repetition. */
export function keylessChatsOf(
  model: ChatModel,
  ids: readonly string[],
  scope: string,
): Filter<StoredDocument> {
  return both(model, [...exactly(model, ids), unkeyed(model), live(model), ofScope(model, scope)]);
}

/** Live chats without a key, not released, that may be given one. */
export function claimable(model: ChatModel): Filter<StoredDocument> {
  return both(model, [unkeyed(model), live(model)]);
}

/** Live chats that are unique by their participants. */
export function uniqueChats(model: ChatModel): Filter<StoredDocument> {
  return both(model, [live(model)]);
}

function exactly(model: ChatModel, ids: readonly string[]): readonly Filter<StoredDocument>[] {
  const paths = participantPaths(model);
  return [...ids.map((id) => isPerson(paths, id)), ...nobodyElse(model, ids)];
}

function isPerson(paths: readonly string[], id: string): Filter<StoredDocument> {
  const [only = "", ...others] = paths;
  const people = { $in: nativeForms(id) };
  return others.length === 0 ? { [only]: people } : { $or: paths.map((path) => ({ [path]: people })) };
}

function nobodyElse(model: ChatModel, ids: readonly string[]): readonly Filter<StoredDocument>[] {
  const forms = ids.flatMap(nativeForms);
  const fields = participantFields(model);
  if (fields !== null)
    return fields.map((field) => ({ $and: [{ [field]: { $in: forms } }, ...isScalar(field)] }));
  const { array = "", element = null } = participantsPath(model) ?? {};
  const other: { $nin: readonly NativeId[] } = { $nin: forms };
  return [{ [array]: { $not: { $elemMatch: element === null ? other : { [element]: other } } } }];
}

/** A filter also finds what is in an array, anywhere on a path: such a field does not hold one person. */
function isScalar(field: string): readonly Filter<StoredDocument>[] {
  const names = field.split(".");
  return names.map((_, index) => ({ [names.slice(0, index + 1).join(".")]: { $not: { $type: "array" } } }));
}

function ofScope(model: ChatModel, scope: string): Filter<StoredDocument> {
  if (model.chats.scope === null) return {};
  return { [model.chats.scope]: { $in: scope === "" ? [null, ""] : nativeForms(scope) } };
}

function both(model: ChatModel, parts: readonly Filter<StoredDocument>[]): Filter<StoredDocument> {
  return { $and: [model.chats.where, ...parts] };
}
