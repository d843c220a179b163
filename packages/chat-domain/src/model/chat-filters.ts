import { ownField } from "./own-names.ts";
import type { Filter } from "mongodb";
import { nativeForms, type NativeId } from "../identity/native-id.ts";
import { participantsPath } from "./chat-document.ts";
import type { ChatModel } from "./chat-model.ts";
import { type StoredDocument } from "./stored-document.ts";

/** Chats that are not tombstones; `null` also matches an absent field. */
function live(model: ChatModel): Filter<StoredDocument> {
  return { [ownField(model, "mergedInto")]: null };
}

/** A chat that was released is left alone by whoever looks for chats without a key. */
function unkeyed(model: ChatModel): Filter<StoredDocument> {
  return { [model.chats.keyField]: { $exists: false }, [ownField(model, "releasedAt")]: null };
}

/** Live chats of a participant, of one scope or of all. Serves the listing index. */
export function chatsOf(model: ChatModel, participant: string, scope: string | null): Filter<StoredDocument> {
  const parts = [{ [model.chats.participants]: { $in: nativeForms(participant) } }, live(model)];
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

/** Live chats whose participants are exactly these, whatever their key is. */
export function chatsOfExactly(
  model: ChatModel,
  ids: readonly string[],
  scope: string,
): Filter<StoredDocument> {
  return both(model, [...exactly(model, ids), live(model), ofScope(model, scope)]);
}

/** Live chats that are unique by their participants. */
export function uniqueChats(model: ChatModel): Filter<StoredDocument> {
  return both(model, [live(model)]);
}

function exactly(model: ChatModel, ids: readonly string[]): readonly Filter<StoredDocument>[] {
  const everyone = ids.map((id) => ({ [model.chats.participants]: { $in: nativeForms(id) } }));
  return [...everyone, nobodyElse(model, ids)];
}

function nobodyElse(model: ChatModel, ids: readonly string[]): Filter<StoredDocument> {
  const { array, element } = participantsPath(model);
  const other: { $nin: readonly NativeId[] } = { $nin: ids.flatMap(nativeForms) };
  return { [array]: { $not: { $elemMatch: element === null ? other : { [element]: other } } } };
}

function ofScope(model: ChatModel, scope: string): Filter<StoredDocument> {
  if (model.chats.scope === null) return {};
  return { [model.chats.scope]: { $in: scope === "" ? [null, ""] : nativeForms(scope) } };
}

function both(model: ChatModel, parts: readonly Filter<StoredDocument>[]): Filter<StoredDocument> {
  return { $and: [model.chats.where, ...parts] };
}
