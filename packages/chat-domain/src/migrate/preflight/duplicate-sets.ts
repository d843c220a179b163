import type { Document, Filter } from "mongodb";
import { uniqueChats } from "../../model/chat-filters.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import { type Expression, fieldAt } from "../../model/nested-fields.ts";
import { ownField } from "../../model/own-names.ts";
import { participantPaths, type ParticipantsPath, participantsPath } from "../../model/participants-place.ts";
import type { StoredDocument } from "../../model/stored-document.ts";

/**
 * Stages that make of all chats one document for each set of people with more than one: `{survivor, losers, people}`,
 * `people` being how many. Within the server, so that it takes no memory here. A UUID is told from its text there, which
 * no server before 8 could write out: such sets are seen by `plan`'s own count alone.
 */
export function duplicateSets(
  model: ChatModel,
  { sortsArrays }: { readonly sortsArrays: boolean },
): Document[] {
  const { scope, keyField } = model.chats;
  return [
    { $match: mergeable(model) },
    {
      $project: {
        people: { $setUnion: [idTexts(model), []] },
        scope: scope === null ? "" : idText(`$${scope}`),
        isKeyed: { $eq: [{ $type: `$${keyField}` }, "string"] },
      },
    },
    { $match: { people: { $nin: [null, []] } } },
    {
      $group: {
        _id: {
          people: sortsArrays ? { $sortArray: { input: "$people", sortBy: 1 } } : "$people",
          scope: { $ifNull: ["$scope", ""] },
        },
        holder: { $min: { $cond: ["$isKeyed", "$_id", null] } },
        first: { $min: "$_id" },
        chats: { $push: "$_id" },
      },
    },
    { $match: { "chats.1": { $exists: true } } },
    {
      $project: {
        _id: 0,
        survivor: { $ifNull: ["$holder", "$first"] },
        chats: 1,
        people: { $size: "$_id.people" },
      },
    },
    {
      $set: { losers: { $filter: { input: "$chats", as: "chat", cond: { $ne: ["$$chat", "$survivor"] } } } },
    },
    { $unset: "chats" },
  ];
}

/** The first server that can sort an array: older ones return sets in order anyway. */
export const sortingArraysSince = 5.2;

/** Live chats that are unique by their people, and that nobody has released. */
export function mergeable(model: ChatModel): Filter<StoredDocument> {
  return { $and: [uniqueChats(model), { [ownField(model, "releasedAt")]: null }] };
}

/** The canonical texts of the ids of all people of a chat, `null` for what is no id. */
function idTexts(model: ChatModel): unknown {
  const path = participantsPath(model);
  if (path === null) return participantPaths(model).map((field) => idText(fieldAt("$", field)));
  return { $map: { input: listAt(path.array), as: "person", in: idText(personId(path, "$$person")) } };
}

/** The id of an entry of the participants' array. */
export function personId({ element }: ParticipantsPath, person: string): Document | string {
  if (element === null) return person;
  const [first = "", ...rest] = element.split(".");
  return [first, ...rest].reduce<Document | string>(
    (value, field) =>
      field.startsWith("$")
        ? { $getField: { field: { $literal: field }, input: value } }
        : typeof value === "string"
          ? `${value}.${field}`
          : { $getField: { field, input: value } },
    person,
  );
}

/** The canonical text of an id, `null` where there is none: the server's way to say what `participantId` says. */
export function idText(value: Expression): Document {
  const isText = {
    $or: [
      { $eq: [{ $type: "$$id" }, "binData"] },
      { $and: [{ $eq: [{ $type: "$$id" }, "string"] }, { $ne: ["$$id", ""] }] },
    ],
  };
  const integer = { $convert: { input: "$$id", to: "long", onError: null, onNull: null } };
  return {
    $let: {
      vars: { id: value },
      in: {
        $cond: [
          { $eq: [{ $type: "$$id" }, "objectId"] },
          { $toString: "$$id" },
          {
            $cond: [
              { $isNumber: "$$id" },
              { $cond: [{ $eq: ["$$id", integer] }, { $toString: integer }, null] },
              { $cond: [isText, "$$id", null] },
            ],
          },
        ],
      },
    },
  };
}

export function listAt(path: string): Document {
  return { $cond: [{ $isArray: `$${path}` }, `$${path}`, []] };
}
