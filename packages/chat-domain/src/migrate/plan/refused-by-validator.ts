import type { NativeId } from "../../identity/native-id.ts";
import { keyOf } from "../../identity/participants-key.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { collectionInfos } from "../preflight/collections.ts";
import { mergeable } from "../preflight/duplicate-sets.ts";

export interface RefusedChats {
  readonly chats: number;
  /** The first of them. */
  readonly examples: readonly NativeId[];
}

const examplesShown = 5;

/** Chats whose collection's validator would refuse them with a key: the server itself is asked. `null` where there are none. */
export async function refusedByValidator(ctx: MigrationContext): Promise<RefusedChats | null> {
  const { chats, model } = ctx;
  const info = (await collectionInfos(ctx)).find(({ name }) => name === model.chats.collection);
  const { validator = {}, validationLevel, validationAction } = info?.options ?? {};
  const isDeaf = validationAction === "warn" || validationLevel === "off";
  if (isDeaf || Object.keys(validator as object).length === 0) return null;
  const { keyField } = model.chats;
  const keyless = { $and: [mergeable(model), { [keyField]: { $exists: false } }] };
  // What does not satisfy it already is not asked to.
  const judged = validationLevel === "moderate" ? [{ $match: validator as object }] : [];
  const [found] = await chats
    .aggregate<{ readonly all: number; readonly examples: readonly NativeId[] }>(
      [
        { $match: keyless },
        ...judged,
        { $set: { [keyField]: keyOf(["a", "b"], "") } },
        { $match: { $nor: [validator as object] } },
        { $sort: { _id: 1 } },
        { $project: { _id: 1 } },
        {
          $facet: { all: [{ $count: "count" }], examples: [{ $limit: examplesShown }] },
        },
        { $project: { all: { $ifNull: [{ $first: "$all.count" }, 0] }, examples: "$examples._id" } },
      ],
      { allowDiskUse: true, collation: { locale: "simple" } },
    )
    .toArray();
  return found === undefined || found.all === 0 ? null : { chats: found.all, examples: found.examples };
}
