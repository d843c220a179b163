import type { Document } from "mongodb";
import { formsOf, inForm } from "./chat-forms.ts";
import type { UpdateStatement } from "../run/write-statements.ts";
import type { Merge } from "./merge.ts";
import type { Reference } from "./references-to.ts";

/** In an array of ids the survivor takes the loser's place, unless it has one already. */
export function moveArray(field: string, { id, merge }: Reference): UpdateStatement {
  return {
    q: { _id: id, [field]: { $in: formsOf(merge.loser) } },
    u: [{ $set: { [field]: arrayAfter(`$${field}`, merge) } }],
  };
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
  const element = (["native", "text"] as const).reduce<unknown>((otherwise, form) => {
    const same = { $eq: ["$$this", { $literal: inForm(from, form) }] };
    return { $cond: [same, { $literal: inForm(to, form) }, otherwise] };
  }, "$$this");
  return { $map: { input: array, in: element } };
}

function isAny(value: string, id: Merge["loser"]): Document {
  return { $in: [value, { $literal: [...formsOf(id)] }] };
}
