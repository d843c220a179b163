import type { Document } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import { idText, listAt, personId } from "./duplicate-sets.ts";

/** Duplicates with several elements that a union cannot tell apart: the first counts, and the others stay behind. */
export interface Repeated {
  readonly path: string;
  readonly by: string;
  readonly duplicates: number;
  readonly example: NativeId;
}

/** Stages that find them in documents of the shape `{id, loser}`. */
export function repeatedStages({ fold }: ChatModel, version: number): readonly Document[] {
  const unions = Object.entries(fold).flatMap(([path, strategy]) =>
    typeof strategy === "object" && "union" in strategy ? [{ path, by: strategy.union.by }] : [],
  );
  if (unions.length === 0) return [{ $match: { $expr: false } }];
  const all = unions.map(({ path, by }) => ({ path, by, isRepeated: isRepeated(path, by, version) }));
  return [
    { $project: { id: 1, found: { $filter: { input: all, cond: "$$this.isRepeated" } } } },
    { $unwind: "$found" },
    {
      $group: {
        _id: { path: "$found.path", by: "$found.by" },
        duplicates: { $sum: 1 },
        example: { $min: "$id" },
      },
    },
    { $sort: { _id: 1 } },
    { $project: { _id: 0, path: "$_id.path", by: "$_id.by", duplicates: 1, example: 1 } },
  ];
}

function isRepeated(path: string, by: string, version: number): Document {
  const documents = {
    $filter: { input: listAt(`loser.${path}`), cond: { $eq: [{ $type: "$$this" }, "object"] } },
  };
  const value = personId({ array: path, element: by }, "$$element");
  const key = { $ifNull: [idText(value, version), { $ifNull: [value, null] }] };
  const keys = {
    $filter: {
      input: { $map: { input: documents, as: "element", in: key } },
      cond: { $ne: ["$$this", null] },
    },
  };
  return {
    $let: { vars: { keys }, in: { $gt: [{ $size: "$$keys" }, { $size: { $setUnion: ["$$keys", []] } }] } },
  };
}
