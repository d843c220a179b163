import type { Document } from "mongodb";
import { formsOf, inForm } from "./chat-forms.ts";
import type { UpdateStatement } from "./guarded-writes.ts";
import type { Merge } from "./merge.ts";
import type { Reference } from "./references-to.ts";

/** In an array of ids the survivor takes the loser's place, unless it has one already. */
export function moveArray(field: string, { id, merge }: Reference): UpdateStatement {
  return {
    q: { _id: id, [field]: { $in: formsOf(merge.loser) } },
    u: [{ $set: { [field]: arrayAfter(`$${field}`, merge) } }],
  };
}

/**
 * The way back: an array that nobody else has changed becomes exactly what it was; in any other the loser takes the
 * survivor's place again, or one beside it if the survivor had its own.
 */
export function moveArrayBack(
  field: string,
  { id, merge, was }: { readonly id: unknown; readonly merge: Merge; readonly was: readonly unknown[] },
): UpdateStatement {
  const original = { $literal: was };
  const survivors = [...formsOf(merge.survivor)];
  const hadSurvivor = { $gt: [{ $size: { $setIntersection: [original, { $literal: survivors }] } }, 0] };
  const beside = { $concatArrays: [`$${field}`, [{ $literal: merge.loser }]] };
  const instead = replaced(`$${field}`, { from: merge.survivor, to: merge.loser });
  const back = {
    $cond: [
      { $eq: [`$${field}`, arrayAfter(original, merge)] },
      original,
      { $cond: [hadSurvivor, beside, instead] },
    ],
  };
  return { q: { _id: id, [field]: { $in: survivors } }, u: [{ $set: { [field]: back } }] };
}

function arrayAfter(array: unknown, { loser, survivor }: Merge): Document {
  return {
    $reduce: {
      input: replaced(array, { from: loser, to: survivor }),
      initialValue: [],
      in: {
        $cond: [
          { $and: [isAny("$$this", survivor), { $in: ["$$this", "$$value"] }] },
          "$$value",
          { $concatArrays: ["$$value", ["$$this"]] },
        ],
      },
    },
  };
}

function replaced(
  array: unknown,
  { from, to }: { readonly from: Merge["loser"]; readonly to: Merge["loser"] },
): Document {
  const branches = (["native", "text"] as const).map((form) => ({
    case: { $eq: ["$$this", { $literal: inForm(from, form) }] },
    then: { $literal: inForm(to, form) },
  }));
  return { $map: { input: array, in: { $switch: { branches, default: "$$this" } } } };
}

function isAny(value: string, id: Merge["loser"]): Document {
  return { $in: [value, { $literal: [...formsOf(id)] }] };
}
