import type { Document } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import { keyLength } from "../../identity/participants-key.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import type { UnionBy } from "../../model/fold-strategy.ts";
import { ownField } from "../../model/own-names.ts";
import { noRoom } from "../run/write-outcome.ts";
import { listAt } from "./duplicate-sets.ts";

/** A survivor that would outgrow a document, or whose write would, and its duplicates in the order of their merges. */
export interface LargeSurvivor {
  readonly size: number;
  readonly losers: readonly { readonly id: NativeId; readonly growth: number }[];
}

/** The most that a document may hold. */
export const largestDocument = 16 * 1_024 * 1_024;
/** Room for what a merge itself writes where something grows: aliases, marks. */
const roomForMarks = 4_096;
/** Room for the mark of one duplicate where all that folds are single values. */
const roomForMark = 512;

/** Room for a key: a type, a name and its end, a length, the text and its end. */
export function roomForKey({ chats }: ChatModel): number {
  return Buffer.byteLength(chats.keyField) + keyLength + 7;
}

/** Where nothing in survivors grows, they still name their duplicates. */
function ownRoom(model: ChatModel): number {
  if (growingFields(model).length > 0) return roomForMarks;
  return roomForKey(model) + Buffer.byteLength(ownField(model, "aliases")) + 7;
}

/** Why a duplicate does not fit into its survivor. */
export function tooLargeReason(model: ChatModel): string {
  return Object.keys(model.fold).length > 0
    ? "with what is folded into it its survivor, or the write that puts its elements in order, would be larger than 16 MB"
    : `its survivor cannot name it in ${ownField(model, "aliases")} of ${model.chats.collection}: ${noRoom}`;
}

/** Fields that a fold makes larger. */
function growingFields({ fold }: ChatModel): readonly string[] {
  const scalar: ReadonlySet<unknown> = new Set(["min", "max", "sum", "every", "some", "intersection"]);
  return Object.entries(fold).flatMap(([path, strategy]) =>
    scalar.has(strategy) ||
    (typeof strategy === "object" && ("recount" in strategy || "intersection" in strategy))
      ? []
      : [path],
  );
}

/** Arrays whose elements a fold may put in another order. */
function orderedFields({ fold }: ChatModel): readonly string[] {
  return Object.entries(fold).flatMap(([path, strategy]) => {
    if (typeof strategy !== "object") return [];
    const {
      orderBy,
      newestBy,
      fold: inside,
    }: Partial<UnionBy> = "union" in strategy ? strategy.union : "concat" in strategy ? strategy.concat : {};
    return [orderBy, newestBy, inside].some((one) => one !== undefined) ? [path] : [];
  });
}

/** The write that does so names the place of each, in as many bytes at most. */
const bytesPerPlace = 12;

function placesIn(model: ChatModel, chat: string): Document {
  const sizes = orderedFields(model).map((path) => ({ $size: listAt(`${chat}.${path}`) }));
  return { $multiply: [bytesPerPlace, { $add: [0, ...sizes] }] };
}

/** Without growing fields no survivor that is smaller than this outgrows a document. */
const nearlyTooLarge = largestDocument - 64 * 1_024;

/**
 * What is copied from a duplicate into its survivor adds to its size, unless it is there already, and so does its place to
 * the write: a bound from above. A chat without room for a key becomes no survivor.
 */
export function growingStages(model: ChatModel): readonly Document[] {
  const growing = growingFields(model);
  const values = Object.fromEntries(growing.map((path, index) => [`f${index}`, `$loser.${path}`]));
  // An alias takes as much as a document of its own, but for what every document has.
  const mark = growing.length > 0 || Object.keys(model.fold).length === 0 ? -5 : roomForMark;
  const size = { $bsonSize: "$survivor" };
  const isKeyed = { $eq: [{ $type: `$survivor.${model.chats.keyField}` }, "string"] };
  const isSurvivor = { $or: [isKeyed, { $lte: [size, largestDocument - roomForKey(model)] }] };
  return [
    {
      $match: {
        $expr: growing.length > 0 ? isSurvivor : { $and: [isSurvivor, { $gt: [size, nearlyTooLarge] }] },
      },
    },
    {
      $project: {
        id: 1,
        survivor: "$survivor._id",
        size: { $add: [size, placesIn(model, "survivor")] },
        growth: { $add: [{ $bsonSize: { id: "$id", ...values } }, placesIn(model, "loser"), mark] },
      },
    },
    { $sort: { id: 1 } },
    {
      $group: {
        _id: "$survivor",
        size: { $first: "$size" },
        growth: { $sum: "$growth" },
        losers: { $push: { id: "$id", growth: "$growth" } },
      },
    },
    { $match: { $expr: { $gt: [{ $add: ["$size", "$growth"] }, largestDocument - ownRoom(model)] } } },
    { $project: { _id: 0, size: 1, losers: 1 } },
  ];
}

/** Duplicates that would not fit into their survivors any more. */
export function tooLarge(model: ChatModel, survivors: readonly LargeSurvivor[]): readonly NativeId[] {
  const room = largestDocument - ownRoom(model);
  return survivors.flatMap(({ size, losers }) => {
    let filled = size;
    return losers.flatMap(({ id, growth }) => {
      if (filled + growth > room) return [id];
      filled += growth;
      return [];
    });
  });
}
