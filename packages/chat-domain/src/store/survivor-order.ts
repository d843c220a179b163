import type { Collection, Document } from "mongodb";
import type { NativeId } from "../identity/native-id.ts";
import type { ChatModel, SurvivorCriterion } from "../model/chat-model.ts";
import { type Expression, fieldAt } from "../model/nested-fields.ts";
import type { StoredDocument } from "../model/stored-document.ts";

/** Chats, and how an application keeps them. */
export interface ModelledChats {
  readonly chats: Collection<StoredDocument>;
  readonly model: ChatModel;
}

/**
 * Chats in the order in which they would survive: by the model's criteria, then by the smallest `_id`. The server compares,
 * and judges filters.
 */
export async function inSurvivorOrder(
  { chats, model }: ModelledChats,
  ids: readonly NativeId[],
  maxTimeMS = 0,
): Promise<readonly NativeId[]> {
  const among = { _id: { $in: [...ids] } };
  const selected = (filter: Document): Promise<readonly NativeId[]> =>
    chats
      .find({ $and: [among, filter] }, { projection: { _id: 1 }, maxTimeMS, collation: simple })
      .map(({ _id }) => _id)
      .toArray();
  const ranks = await Promise.all(
    model.chats.survivor.map(async (criterion, index) =>
      "where" in criterion
        ? survivorRank(criterion, index, { $in: ["$_id", { $literal: await selected(criterion.where) }] })
        : survivorRank(criterion, index, false),
    ),
  );
  const ordered = await chats
    .aggregate<StoredDocument>(
      [
        { $match: among },
        { $project: Object.assign({ _id: 1 }, ...ranks.map(({ values }) => values)) as Document },
        { $sort: survivorSort(ranks) },
        { $project: { _id: 1 } },
      ],
      { maxTimeMS, collation: simple, allowDiskUse: true },
    )
    .toArray();
  return ordered.map(({ _id }) => _id);
}

const simple = { locale: "simple" } as const;

/** What a criterion reads of a chat, and how that is sorted. */
export interface SurvivorRank {
  readonly values: Readonly<Record<string, Expression | boolean>>;
  readonly sort: Readonly<Record<string, 1 | -1>>;
}

/** `isSelected`: the expression that says whether a criterion's filter selects the chat. */
export function survivorRank(
  criterion: SurvivorCriterion,
  index: number,
  isSelected: Expression | boolean,
): SurvivorRank {
  const [present, value] = [`present${index}`, `value${index}`];
  if ("where" in criterion) return { values: { [value]: isSelected }, sort: { [value]: -1 } };
  const [path, direction] =
    "min" in criterion ? ([criterion.min, 1] as const) : ([criterion.max, -1] as const);
  const stored = fieldAt("$", path);
  const isThere = { $not: [{ $in: [{ $type: stored }, ["missing", "null", "undefined"]] }] };
  // Inside a document an array is compared as a whole; the server sorts by the elements of one array only.
  const whole = { value: stored };
  return { values: { [present]: isThere, [value]: whole }, sort: { [present]: -1, [value]: direction } };
}

/** Of chats that no criterion tells apart the one with the smallest `_id` comes first. */
export function survivorSort(ranks: readonly SurvivorRank[], id = "_id"): Record<string, 1 | -1> {
  return Object.assign({}, ...ranks.map(({ sort }) => sort), { [id]: 1 }) as Record<string, 1 | -1>;
}
