import type { Document } from "mongodb";
import type { NativeId } from "../../../identity/native-id.ts";
import { participantIdOrNull } from "../../../identity/participant-id.ts";
import { formsOf, idText } from "../../../identity/stored-ids.ts";
import type { Merge } from "../../context/migration-records.ts";
import type { UpdateStatement } from "../../run/write-statements.ts";
import { repointingsOf } from "./pointers.ts";

/** The values by which an array refers to both. */
type ArrayMove = Pick<Merge, "loser" | "survivor">;

/** In an array of ids the survivor takes the loser's place, unless it has one already. */
export function moveArray(field: string, id: NativeId, move: ArrayMove): UpdateStatement {
  return {
    q: { _id: id, [field]: { $in: formsOf(move.loser) } },
    u: [{ $set: { [field]: arrayAfter(`$${field}`, move) } }],
  };
}

function arrayAfter(array: unknown, { loser, survivor }: ArrayMove): Document {
  return {
    $reduce: {
      input: replaced(array, { from: loser, to: survivor }),
      initialValue: [],
      in: {
        $cond: [
          {
            $and: [
              isAny("$$this", survivor),
              { $or: formsOf(survivor).map((form) => isIn("$$value", form)) },
            ],
          },
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
  const element = repointingsOf({ from, to }, "").reduce<unknown>((otherwise, form) => {
    const same = { $eq: ["$$this", { $literal: form.from }] };
    const long = {
      $cond: [{ $eq: [{ $type: "$$this" }, "long"] }, { $toLong: form.to }, { $literal: form.to }],
    };
    return { $cond: [same, typeof form.to === "number" ? long : { $literal: form.to }, otherwise] };
  }, "$$this");
  return { $map: { input: array, in: element } };
}

function isAny(value: string, id: Merge["loser"]): Document {
  return { $in: [value, { $literal: [...formsOf(id)] }] };
}

function isIn(array: string, id: Merge["loser"]): Document {
  return { $in: [{ $literal: id }, array] };
}

/** An array of chat ids that losers were taken from. */
export interface MovedArray {
  /** As it was before the first of them was. */
  readonly original: readonly unknown[];
  readonly current: readonly unknown[];
  /** All whose survivors stand in it for them. */
  readonly merges: readonly ArrayMove[];
}

/**
 * The array once some of the merges are undone. As long as nobody else has changed it, it follows from the original, in
 * whatever order merges are undone; in any other a loser takes its survivor's place, or one at the end.
 */
export function arrayWithout(
  { original, current, merges }: MovedArray,
  undone: readonly ArrayMove[],
): readonly unknown[] {
  const left = merges.filter((merge) => !undone.some(({ loser }) => idText(loser) === idText(merge.loser)));
  // A run that was killed may have recorded more moves than it has made.
  const isMade = ({ loser }: ArrayMove): boolean => !current.some((element) => isChat(element, loser));
  if (!sameArray(current, arrayWith(original, merges.filter(isMade))))
    return undone.reduce((array, merge) => putBack(array, { merge, original, left }), current);
  // Of one that came into the array later the original knows nothing.
  const later = undone
    .filter((merge) => isMade(merge) && !original.some((element) => isChat(element, merge.loser)))
    .map((merge) => asIn(current, merge));
  return [
    ...arrayWith(original, left.filter(isMade)),
    ...new Map(later.map((id) => [idText(id), id])).values(),
  ];
}

/** The array after these merges: survivors in their losers' places, each once, in whatever form. */
function arrayWith(original: readonly unknown[], merges: readonly ArrayMove[]): readonly unknown[] {
  const survivorOf = new Map(
    merges.flatMap(({ loser, survivor }) =>
      repointingsOf({ from: loser, to: survivor }, "").map(({ from, to }) => [idText(from), to] as const),
    ),
  );
  const survivors = new Set(merges.map(({ survivor }) => anyForm(survivor)));
  const moved = original.map((element) => survivorOf.get(idText(element)) ?? element);
  const first = new Map<string, number>();
  moved.forEach((element, index) => {
    const text = anyForm(element);
    if (!first.has(text)) first.set(text, index);
  });
  return moved.filter(
    (element, index) => !survivors.has(anyForm(element)) || first.get(anyForm(element)) === index,
  );
}

/** The same text for an id in all of its forms. */
function anyForm(id: unknown): string {
  return participantIdOrNull(id) ?? idText(id);
}

interface PutBack {
  readonly merge: ArrayMove;
  readonly original: readonly unknown[];
  readonly left: readonly ArrayMove[];
}

function putBack(array: readonly unknown[], { merge, original, left }: PutBack): readonly unknown[] {
  const { loser, survivor } = merge;
  if (array.some((element) => isChat(element, loser))) return array;
  const stays =
    original.some((element) => isChat(element, survivor)) ||
    left.some((other) => isChat(other.survivor, survivor));
  const place = array.findIndex((element) => isChat(element, survivor));
  const back = asIn(array, merge);
  return stays || place === -1 ? [...array, back] : array.with(place, back);
}

/** The loser's id in the form in which an array holds its survivor's, or anything else: as a text that stands for an id. */
function asIn(array: readonly unknown[], { loser, survivor }: ArrayMove): NativeId {
  const like = array.find((element) => isChat(element, survivor)) ?? array[0];
  const isText = typeof like === "string" && formsOf(like).length > 1;
  return isText ? (participantIdOrNull(loser) ?? loser) : loser;
}

function isChat(element: unknown, id: Merge["loser"]): boolean {
  return formsOf(id).some((form) => idText(form) === idText(element));
}

function sameArray(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((element, index) => idText(element) === idText(b[index]));
}
