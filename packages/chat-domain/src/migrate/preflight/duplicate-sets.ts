import type { Document, Filter } from "mongodb";
import { maxIdLength } from "../../identity/participant-id.ts";
import { uniqueChats } from "../../model/chat-filters.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import { type Expression, fieldAt } from "../../model/nested-fields.ts";
import { ownField } from "../../model/own-names.ts";
import type { ParticipantsPath } from "../../model/field-path.ts";
import { participantFields, participantPaths, participantsPath } from "../../model/participants-place.ts";
import { survivorRank, survivorSort } from "../../store/survivor-order.ts";
import type { StoredDocument } from "../../model/stored-document.ts";

/**
 * Stages that make of all chats one document for each set of people with more than one: `{survivor, first, losers,
 * people}`, `people` being how many, `first` the chat that would survive if none held the key. Within the server, so that it takes no memory here. Servers before 8 cannot
 * write out a UUID: there, sets of chats that hold one as text as well are seen by `plan`'s own count alone.
 */
export function duplicateSets(model: ChatModel, version: number): Document[] {
  const isKeyed = { $eq: [{ $type: `$${model.chats.keyField}` }, "string"] };
  return [
    ...setsOfPeople(model, version, {
      holder: { $min: { $cond: [isKeyed, "$_id", null] } },
      first: { $min: "$_id" },
      chats: { $push: "$_id" },
    }),
    { $match: { "chats.1": { $exists: true } } },
    ...bySurvivor(model),
    {
      $project: {
        _id: 0,
        first: 1,
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

/** Stages that make of all chats one document for each set of people: `{chats, orders}`, in how many orders they stand. */
export function ordersOfPeople(model: ChatModel, version: number): readonly Document[] {
  return setsOfPeople(model, version, {
    chats: { $sum: 1 },
    // A list as it stands here would be taken for a list of arguments.
    orders: { $addToSet: { $concatArrays: [idTexts(model, version)] } },
  });
}

/**
 * All chats that may be merged, by the canonical texts of their people and scope, and what else is asked of them. In one
 * stage from what is stored: to make a document in between costs more than to group it.
 */
function setsOfPeople(model: ChatModel, version: number, more: Document): Document[] {
  const { scope } = model.chats;
  const people = { $setUnion: [idTexts(model, version), []] };
  const fields = participantFields(model)?.length;
  const fitting = { $expr: { $in: [{ $size: "$_id.people" }, [1, fields]] } };
  return [
    { $match: mergeable(model) },
    // Whose _id is no id is no duplicate of anything.
    {
      $match: { $or: [{ _id: { $type: "objectId" } }, { $expr: { $ne: [idText("$_id", version), null] } }] },
    },
    {
      $group: {
        _id: {
          people: version >= sortingArraysSince ? { $sortArray: { input: people, sortBy: 1 } } : people,
          scope: scope === null ? "" : scopeText(scope, version),
        },
        ...more,
      },
    },
    { $match: { "_id.people": { $nin: [null, []] }, "_id.scope": { $ne: null } } },
    ...(fields === undefined ? [] : [{ $match: fitting }]),
  ];
}

/** Puts the chat first that the model's criteria put first; nothing where the smallest `_id` decides, which is there already. */
function bySurvivor(model: ChatModel): Document[] {
  const { survivor, collection } = model.chats;
  if (survivor.length === 0) return [];
  const looked = (as: string, stages: readonly Document[]): Document => ({
    $lookup: {
      from: collection,
      let: { id: "$chats" },
      pipeline: [{ $match: { $expr: { $eq: ["$_id", "$$id"] } } }, ...stages],
      as,
    },
  });
  const filters = survivor.flatMap((criterion, index) =>
    "where" in criterion
      ? [looked(`selected${index}`, [{ $match: criterion.where }, { $project: { _id: 1 } }])]
      : [],
  );
  const ranks = survivor.map((criterion, index) => survivorRank(criterion, index, true));
  const values = survivor.map((criterion, index) =>
    "where" in criterion
      ? { [`value${index}`]: { $ne: [`$selected${index}`, []] } }
      : Object.fromEntries(
          Object.keys(ranks[index]?.values ?? {}).map((name) => [name, { $first: `$ranks.${name}` }]),
        ),
  );
  return [
    { $unwind: "$chats" },
    ...filters,
    looked("ranks", [
      { $project: Object.assign({ _id: 1 }, ...ranks.map((rank) => rank.values)) as Document },
    ]),
    { $project: Object.assign({ holder: 1, chats: 1 }, ...values) as Document },
    { $sort: survivorSort(ranks, "chats") },
    {
      $group: {
        _id: "$_id",
        holder: { $first: "$holder" },
        first: { $first: "$chats" },
        chats: { $push: "$chats" },
      },
    },
  ];
}

/** The first server that can sort an array: older ones return sets in order anyway. */
const sortingArraysSince = 5.2;
/** The first server that can write out a UUID. */
const writingUuidsSince = 8;

/** Live chats that are unique by their people, and that nobody has released. */
export function mergeable(model: ChatModel): Filter<StoredDocument> {
  return { $and: [uniqueChats(model), { [ownField(model, "releasedAt")]: null }] };
}

/** The canonical texts of the ids of all people of a chat, `null` for what is no id. */
function idTexts(model: ChatModel, version: number): unknown {
  const path = participantsPath(model);
  if (path === null) return participantPaths(model).map((field) => idText(fieldAt("$", field), version));
  return {
    $map: { input: listAt(path.array), as: "person", in: idText(personId(path, "$$person"), version) },
  };
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
export function idText(value: Expression, version: number): Document {
  const isText = { $and: [{ $eq: [{ $type: "$$id" }, "string"] }, isFlawless("$$id")] };
  const isExact = {
    $or: [{ $ne: [{ $type: "$$id" }, "double"] }, { $lte: [{ $abs: "$$id" }, Number.MAX_SAFE_INTEGER] }],
  };
  const isBinary = { $eq: [{ $type: "$$id" }, "binData"] };
  const uuid =
    version >= writingUuidsSince
      ? { $convert: { input: "$$id", to: "string", format: "uuid", onError: null } }
      : "$$id";
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
              { $in: [{ $type: "$$id" }, ["int", "long", "double"]] },
              { $cond: [{ $and: [{ $eq: ["$$id", integer] }, isExact] }, { $toString: integer }, null] },
              { $cond: [isText, "$$id", { $cond: [isBinary, uuid, null] }] },
            ],
          },
        ],
      },
    },
  };
}

/** Empty where there is none, `null` where it is no id, or inside an array. */
function scopeText(path: string, version: number): Document {
  const isNone = { $in: [{ $ifNull: ["$$scope", ""] }, ["", null]] };
  const text = { $cond: [isNone, "", idText("$$scope", version)] };
  return {
    $cond: [{ $isArray: `$${path}` }, null, { $let: { vars: { scope: fieldAt("$", path) }, in: text } }],
  };
}

/** What `participantId` asks of a text; nearly all are visible ASCII, and need no other look. */
function isFlawless(text: string): Document {
  const isWithin = {
    $or: [
      { $lte: [{ $strLenBytes: text }, maxIdLength] },
      {
        $lte: [
          { $add: [{ $strLenCP: text }, { $size: { $regexFindAll: { input: text, regex: twoUnits } } }] },
          maxIdLength,
        ],
      },
    ],
  };
  const isFlawed = { $regexMatch: { input: text, regex: flaws } };
  return {
    $or: [
      { $regexMatch: { input: text, regex: `^[!-~]{1,${maxIdLength}}\\z` } },
      { $and: [{ $ne: [text, ""] }, { $not: [isFlawed] }, isWithin] },
    ],
  };
}

/** Characters that JavaScript counts as two. */
const twoUnits = "[\\x{10000}-\\x{10FFFF}]";
/** What JavaScript trims and is no control character. */
const space = "[ \\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}\\x{FEFF}]";
const flaws = `[\\x00-\\x1F\\x7F-\\x{9F}]|^${space}|${space}\\z`;

export function listAt(path: string): Document {
  return { $cond: [{ $isArray: `$${path}` }, `$${path}`, []] };
}
