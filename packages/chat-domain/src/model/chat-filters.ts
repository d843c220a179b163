import { ownField } from "./own-names.ts";
import type { Filter } from "mongodb";
import { nativeForms, type NativeId } from "../identity/native-id.ts";
import type { ChatModel } from "./chat-model.ts";
import type { ParticipantsPath } from "./field-path.ts";
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

/** So many of a set's people are weighed by the planner, which reads the chats of the least busy of them. */
const maxWeighed = 3;

/**
 * Live chats without a key, not released, whose participants are exactly these, and hardly any others. The server plans a
 * query by weighing each person that it demands, which takes seconds for fifty sets of a hundred: so only a few of them
 * are demanded. That nobody else is in the chat, and as many entries as there are people, does the rest; a chat with
 * repeated entries may get through, and is for the caller to tell.
 *
 * @param ids the people, those first whose chats are to be read
 */
export function keylessSearch(
  model: ChatModel,
  ids: readonly string[],
  scope: string,
): Filter<StoredDocument> {
  const path = participantsPath(model);
  const people = path === null ? exactly(model, ids) : searched(model, path, ids);
  // Said once more, in the words of the index of chats without a key.
  const known = isOfFirstTwo(ids) ? [{ [model.chats.keyField]: null }] : [];
  return both(model, [...people, ...known, unkeyed(model), live(model), ofScope(model, scope)]);
}

/**
 * What {@link keylessSearch} finds for any sets of some of these people, in any of these scopes: one question instead of
 * one for each set, which the server answers from the index of chats without a key.
 */
export function keylessAmong(
  model: ChatModel,
  ids: readonly string[],
  scopes: readonly string[],
): Filter<StoredDocument> {
  const forms = ids.flatMap(nativeForms);
  const [first, second] = firstTwoPaths(model);
  return both(model, [
    { [first]: { $in: forms }, [second]: { $in: [null, ...forms] }, [model.chats.keyField]: null },
    ...nobodyElse(model, ids),
    unkeyed(model),
    live(model),
    ofScopes(model, scopes),
  ]);
}

/** Whether the index of chats without a key, which is of the first two people, finds the chat of these people. */
export function isOfFirstTwo(ids: readonly string[]): boolean {
  return ids.length <= 2;
}

function searched(
  model: ChatModel,
  { array }: ParticipantsPath,
  ids: readonly string[],
): readonly Filter<StoredDocument>[] {
  const paths = participantPaths(model);
  const weighed = ids.slice(0, maxWeighed).map((id) => isPerson(paths, id));
  const entries = ids.length <= maxWeighed ? [] : [{ [`${array}.${ids.length - 1}`]: { $exists: true } }];
  return [...weighed, ...nobodyElse(model, ids), ...firstTwo(model, ids), ...entries];
}

/** Where the first two of the people are stored, each in a field that holds one value. */
export function firstTwoPaths(model: ChatModel): readonly [string, string] {
  const path = participantsPath(model);
  if (path === null) {
    const [first = "", second = ""] = participantPaths(model);
    return [first, second];
  }
  const inside = path.element === null ? "" : `.${path.element}`;
  return [`${path.array}.0${inside}`, `${path.array}.1${inside}`];
}

/** The chats of one person alone, and of two, are found by both at once, however many others these two have. */
function firstTwo(model: ChatModel, ids: readonly string[]): readonly Filter<StoredDocument>[] {
  if (!isOfFirstTwo(ids)) return [];
  const forms = ids.flatMap(nativeForms);
  const [first, second] = firstTwoPaths(model);
  return [{ [first]: { $in: forms } }, { [second]: { $in: ids.length === 1 ? [null, ...forms] : forms } }];
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
  return ofScopes(model, [scope]);
}

function ofScopes(model: ChatModel, scopes: readonly string[]): Filter<StoredDocument> {
  if (model.chats.scope === null) return {};
  const forms = scopes.flatMap((scope): readonly (NativeId | null)[] =>
    scope === "" ? [null, ""] : nativeForms(scope),
  );
  return { [model.chats.scope]: { $in: forms } };
}

function both(model: ChatModel, parts: readonly Filter<StoredDocument>[]): Filter<StoredDocument> {
  return { $and: [model.chats.where, ...parts] };
}
