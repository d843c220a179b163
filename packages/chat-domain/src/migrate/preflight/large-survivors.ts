import type { Document } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import type { UnionBy } from "../../model/fold-strategy.ts";
import { listAt } from "./duplicate-sets.ts";

/** A survivor that would outgrow a document, or whose write would, and its duplicates in the order of their merges. */
export interface LargeSurvivor {
  readonly size: number;
  readonly losers: readonly { readonly id: NativeId; readonly growth: number }[];
}

/** The most that a document may hold. */
const largestDocument = 16 * 1_024 * 1_024;
/** Room for what a merge itself writes: aliases, marks. */
const ownRoom = 4_096;

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

/**
 * What is copied from a duplicate into its survivor adds to its size, unless it is there already, and so does its place to
 * the write: a bound from above.
 */
export function growingStages(model: ChatModel): readonly Document[] {
  const growing = growingFields(model);
  if (growing.length === 0) return [{ $match: { $expr: false } }];
  const values = Object.fromEntries(growing.map((path, index) => [`f${index}`, `$loser.${path}`]));
  return [
    {
      $project: {
        id: 1,
        survivor: "$survivor._id",
        size: { $add: [{ $bsonSize: "$survivor" }, placesIn(model, "survivor")] },
        growth: { $add: [{ $bsonSize: values }, placesIn(model, "loser")] },
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
    { $match: { $expr: { $gt: [{ $add: ["$size", "$growth"] }, largestDocument - ownRoom] } } },
    { $project: { _id: 0, size: 1, losers: 1 } },
  ];
}

/** Duplicates that would not fit into their survivors any more. */
export function tooLarge(survivors: readonly LargeSurvivor[]): readonly NativeId[] {
  return survivors.flatMap(({ size, losers }) => {
    let filled = size;
    return losers.flatMap(({ id, growth }) => {
      if (filled + growth > largestDocument - ownRoom) return [id];
      filled += growth;
      return [];
    });
  });
}
