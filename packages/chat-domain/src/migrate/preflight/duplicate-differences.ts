import type { Document } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import { ownField, ownFieldNames } from "../../model/own-names.ts";
import { mapOfKeys, type ParticipantsPath } from "../../model/field-path.ts";
import { participantPaths, participantsPath } from "../../model/participants-place.ts";
import { rootOf } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { targetFields } from "../merge/shared-values.ts";
import { largestArchivable } from "../merge/survey-merges.ts";
import { uncrossed } from "./crossed-duplicates.ts";
import { documentDifferences } from "./document-differences.ts";
import { duplicateSets, idText, listAt, personId } from "./duplicate-sets.ts";
import { type FoldMisfit, misfitStages } from "./fold-misfits.ts";
import { growingStages, largestDocument, type LargeSurvivor, roomForKey } from "./large-survivors.ts";
import { type Repeated, repeatedStages } from "./repeated-elements.ts";
import { serverVersion } from "./server.ts";

/** One way in which duplicates differ from their survivors. */
export interface Difference {
  readonly path: string;
  /** Duplicates have elements of an array that their survivors lack. */
  readonly isLost: boolean;
  readonly duplicates: number;
  /** One of them. */
  readonly example: NativeId;
}

/** A field that is referred to, and duplicates without a value of it. */
export interface MissingTarget {
  readonly field: string;
  readonly duplicates: number;
  readonly example: NativeId;
}

export interface DuplicateDifferences {
  readonly differences: readonly Difference[];
  /** Of the duplicate's or its survivor's. */
  readonly missingTargets: readonly MissingTarget[];
  /** Arrays in which duplicates have several elements of one key, of which a union takes the first. */
  readonly repeated: readonly Repeated[];
  readonly large: readonly LargeSurvivor[];
  /** Duplicates too large to be archived. */
  readonly unarchivable: readonly { readonly id: NativeId }[];
  /** Sets in which a chat comes before the one that holds the key, and one of those chats. */
  readonly outranked: { readonly sets: number; readonly example: NativeId } | null;
  readonly misfits: readonly FoldMisfit[];
  /** Sets of one person with several chats, and these chats. */
  readonly alone: { readonly sets: number; readonly chats: number };
  /** Those whose `_id` is a text, of survivors whose `_id` is none, where something refers to them. */
  readonly texts: { readonly duplicates: number; readonly example: NativeId } | null;
}

/** Compares every duplicate with the chat that would survive it, within the server. */
export async function duplicateDifferences(ctx: MigrationContext): Promise<DuplicateDifferences> {
  const { model } = ctx;
  const version = await serverVersion(ctx);
  const [found] = await ctx.chats
    .aggregate<
      Omit<DuplicateDifferences, "alone" | "outranked" | "texts"> & {
        readonly alone: readonly DuplicateDifferences["alone"][];
        readonly outranked: readonly NonNullable<DuplicateDifferences["outranked"]>[];
        readonly texts: readonly NonNullable<DuplicateDifferences["texts"]>[];
      }
    >(
      [
        ...duplicateSets(model, version),
        ...pairs(model),
        {
          $facet: {
            differences: differing(model, version),
            missingTargets: [...missing(targetFields(model))],
            misfits: [
              { $project: { id: 1, documents: ["$loser", "$survivor"] } },
              ...misfitStages(model.fold),
            ],
            repeated: [...repeatedStages(model, version)],
            large: [...growingStages(model)],
            unarchivable: [
              { $match: { $expr: { $gt: [{ $bsonSize: "$loser" }, largestArchivable] } } },
              // Of one without room for a key that is said already.
              { $match: { $expr: { $lte: [{ $bsonSize: "$loser" }, largestDocument - roomForKey(model)] } } },
              { $project: { id: 1 } },
              { $sort: { id: 1 } },
            ],
            outranked: [...outranked(model)],
            alone: [...aloneStages],
            texts: [...textIds(model)],
          },
        },
      ],
      { allowDiskUse: true, collation: { locale: "simple" } },
    )
    .toArray();
  const {
    alone: [alone = noSets],
    outranked: [held = null],
    texts: [texts = null],
    ...others
  } = found ?? nothingFound;
  return { ...others, alone, outranked: held, texts };
}

const noSets: DuplicateDifferences["alone"] = { sets: 0, chats: 0 };
const nothingFound = {
  differences: [],
  missingTargets: [],
  repeated: [],
  large: [],
  unarchivable: [],
  misfits: [],
  alone: [],
  outranked: [],
  texts: [],
};

const aloneStages: readonly Document[] = [
  { $match: { people: 1 } },
  { $group: { _id: "$set", losers: { $sum: 1 } } },
  { $group: { _id: null, sets: { $sum: 1 }, chats: { $sum: { $add: ["$losers", 1] } } } },
];

const none: readonly Document[] = [{ $match: { $expr: false } }];

/** Without criteria it is no more than the smaller `_id` that says so. */
function outranked({ chats: { survivor } }: ChatModel): readonly Document[] {
  if (survivor.length === 0) return none;
  return [
    { $match: { $expr: { $ne: ["$set", "$first"] } } },
    { $group: { _id: "$set", first: { $first: "$first" } } },
    { $group: { _id: null, sets: { $sum: 1 }, example: { $min: "$first" } } },
    { $project: { _id: 0 } },
  ];
}

/** A text that refers to such a duplicate may be its `_id`, or the text of it. */
function textIds({ references }: ChatModel): readonly Document[] {
  const isFollowing = references.some(
    ({ toField, prefix, leave, field }) =>
      toField === "_id" && prefix === "" && leave === undefined && mapOfKeys(field) === null,
  );
  if (!isFollowing) return none;
  return [
    { $match: { id: { $type: "string" }, $expr: { $ne: [{ $type: "$set" }, "string"] } } },
    { $group: { _id: null, duplicates: { $sum: 1 }, example: { $min: "$id" } } },
    { $project: { _id: 0 } },
  ];
}

/**
 * One document for each duplicate: `{id, loser, survivor}`, whole documents, and of its set the survivor's `_id` as `set`,
 * `first` and `people`.
 */
function pairs({ chats: { collection } }: ChatModel): Document[] {
  const looked = (localField: string, as: string): Document => ({
    $lookup: { from: collection, localField, foreignField: "_id", as },
  });
  return [
    { $unwind: "$losers" },
    looked("losers", "loser"),
    looked("survivor", "ours"),
    {
      $project: {
        _id: 0,
        id: "$losers",
        loser: { $first: "$loser" },
        survivor: { $first: "$ours" },
        set: "$survivor",
        first: 1,
        people: 1,
      },
    },
  ];
}

function differing(model: ChatModel, version: number): Document[] {
  const path = participantsPath(model);
  const { scope, keyField } = model.chats;
  const given = [...foldedPaths(model), ...model.ignore];
  const ours = ["_id", "__v", keyField, ...ownFieldNames.map((name) => ownField(model, name))];
  const people = path === null ? participantPaths(model) : [path.array];
  const identity = [...people, ...(scope === null ? [] : [scope])];
  const named = [...ours, ...identity, ...targetFields(model), ...given];
  const documents = documentDifferences({ loser: "$loser", survivor: "$survivor", named });
  const hasMembers = path !== null && path.element !== null && !given.includes(path.array);
  const members = hasMembers ? memberDifferences(path, given, version) : [];
  return [
    ...uncrossed(model, version),
    { $project: { id: 1, found: { $setUnion: [documents, members] } } },
    { $unwind: "$found" },
    {
      $group: {
        _id: { path: "$found.path", isLost: "$found.isLost" },
        duplicates: { $sum: 1 },
        example: { $min: "$id" },
      },
    },
    { $sort: { duplicates: -1, _id: 1 } },
    { $project: { _id: 0, path: "$_id.path", isLost: "$_id.isLost", duplicates: 1, example: 1 } },
  ];
}

/** What a fold takes care of; of the people's own documents only the fields that fold. */
function foldedPaths(model: ChatModel): readonly string[] {
  const array = participantsPath(model)?.array;
  return Object.entries(model.fold).flatMap(([path, strategy]) =>
    path === array && typeof strategy === "object" && "union" in strategy
      ? Object.keys(strategy.union.fold ?? {}).map((field) => `${path}.${field}`)
      : [path],
  );
}

/** What differs inside the members' own documents; the people themselves are the same. */
function memberDifferences(path: ParticipantsPath, given: readonly string[], version: number): Document {
  const { array, element } = path;
  const prefix = `${array}.`;
  const inside = given.filter((field) => field.startsWith(prefix)).map((field) => field.slice(prefix.length));
  const [member, their] = ["$$member", "$$their"].map((one) => idText(personId(path, one), version));
  const isSame = { $eq: [member, their] };
  const compared = documentDifferences({
    loser: "$$their",
    survivor: "$$our",
    named: ["_id", rootOf(element ?? ""), ...inside],
    prefix,
  });
  const ofMember = {
    $let: {
      vars: {
        our: { $first: { $filter: { input: listAt(`survivor.${array}`), as: "member", cond: isSame } } },
      },
      in: { $map: { input: compared, as: "one", in: { $mergeObjects: ["$$one", { isLost: false }] } } },
    },
  };
  return {
    $reduce: {
      input: { $map: { input: listAt(`loser.${array}`), as: "their", in: ofMember } },
      initialValue: [],
      in: { $setUnion: ["$$value", "$$this"] },
    },
  };
}

/** What something can refer to: no array, and no document. */
const typesOfValues = ["string", "objectId", "int", "long", "double", "binData"];

function missing(fields: readonly string[]): readonly Document[] {
  if (fields.length === 0) return none;
  const lacking = {
    $filter: {
      input: fields.map((field) => ({
        field,
        values: ["loser", "survivor"].map((chat) => ({
          $cond: [{ $in: [{ $type: `$${chat}.${field}` }, typesOfValues] }, `$${chat}.${field}`, ""],
        })),
      })),
      as: "one",
      cond: { $in: ["", "$$one.values"] },
    },
  };
  return [
    { $project: { id: 1, lacking } },
    { $unwind: "$lacking" },
    { $group: { _id: "$lacking.field", duplicates: { $sum: 1 }, example: { $min: "$id" } } },
    { $project: { _id: 0, field: "$_id", duplicates: 1, example: 1 } },
  ];
}
