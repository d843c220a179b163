import { recordName } from "../../../model/own-names.ts";
import type { Document } from "mongodb";
import { isServerError } from "../../../errors/mongo-errors.ts";
import type { NativeId } from "../../../identity/native-id.ts";
import type { FoldModel } from "../../../model/merge-model.ts";
import { type Expression, fieldAt, fieldWith, fieldWithout, rootsOf } from "../../../model/nested-fields.ts";
import { type Merge, losersOf } from "../../context/migration-records.ts";
import { copiesOfMerges } from "../../journal/copies-of-merges.ts";
import { fieldImage, nestedRoots } from "../../journal/originals.ts";
import type { Run } from "../../run/run.ts";
import { isMissing } from "../../run/write-statements.ts";
import { comparedFields, foldOfAll, inOrder, isAboutDocument } from "./fold-documents.ts";
import { countersOf } from "./recount.ts";

export interface UnfoldRequest {
  readonly collection: string;
  readonly ids: readonly NativeId[];
  readonly fold: FoldModel;
  readonly archive: "chats_archive" | "chat_rows_archive";
  readonly target: "survivor" | "into";
  /** Whose contributions are taken out, and whose stay. */
  readonly undone: readonly Merge[];
  readonly kept: readonly Merge[];
  /** Paths inside folded fields that references have changed after the fold. */
  readonly moved: readonly string[];
}

/**
 * Takes contributions out of folded fields, where they still hold what the fold made of them; a value that somebody has
 * changed since is theirs. Once none is left a field is byte by byte what it was. Within the server, atomically per
 * document.
 */
export async function unfoldDocuments(run: Run, request: UnfoldRequest): Promise<void> {
  const { ids, fold } = request;
  if (Object.keys(fold).length === 0 || ids.length === 0) return;
  try {
    await unfold(run, request);
  } catch (error) {
    // What is too large to be folded was not folded.
    if (!isServerError(error) || !isAboutDocument(error.code)) throw error;
    if (ids.length > 1) for (const id of ids) await unfoldDocuments(run, { ...request, ids: [id] });
  }
}

async function unfold(run: Run, request: UnfoldRequest): Promise<void> {
  const { collection, ids, fold, archive, target, undone, kept } = request;
  const copies = {
    from: recordName(run.ctx.model, archive),
    let: { id: "$_id.id" },
    pipeline: [
      {
        $match: {
          $expr: {
            $and: [{ $eq: [`$${target}`, "$$id"] }, { $eq: ["$collection", { $literal: collection }] }],
          },
          $or: copiesOfMerges([...undone, ...kept]),
        },
      },
      { $sort: inOrder },
      {
        $project: {
          values: fieldImage(Object.keys(fold), "$document."),
          isKept: kept.length === 0 ? { $literal: false } : { $in: ["$loser", { $literal: losersOf(kept) }] },
        },
      },
    ],
    as: "copies",
  };
  const keptCopies = { $filter: { input: "$copies", cond: "$$this.isKept" } };
  await run.write.merge(recordName(run.ctx.model, "chat_originals"), [
    { $match: { _id: { $in: ids.map((id) => ({ collection, id })) }, fields: { $exists: true } } },
    { $lookup: copies },
    {
      $project: {
        _id: "$_id.id",
        fields: 1,
        roots: 1,
        recounted: 1,
        folded: foldOfAll(fold, "$fields", "$copies"),
        left: foldOfAll(fold, "$fields", keptCopies),
        isWhole: { $eq: [{ $size: keptCopies }, 0] },
      },
    },
    {
      $merge: {
        into: collection,
        on: "_id",
        whenMatched: [{ $set: restored(request) }],
        whenNotMatched: "discard",
      },
    },
  ]);
}

/** Top-level fields by name. */
function restored({ fold, moved }: UnfoldRequest): Document {
  const names = Object.keys(fold);
  const image = (of: string, field: string): string => `$$new.${of}.f${names.indexOf(field)}`;
  const fields: readonly RestoredField[] = [
    ...comparedFields(fold).map(([field]) => ({
      field,
      ours: image("folded", field),
      left: image("left", field),
    })),
    // A counter of what is left is counted anew.
    ...countersOf(fold).map(({ field }) => ({
      field,
      ours: image("recounted", field),
      left: { $cond: ["$$new.isWhole", image("fields", field), image("recounted", field)] },
    })),
  ];
  const nested = nestedRoots(fold);
  const set = rootsOf(fields.map(({ field }) => field)).map((root) => {
    const inside = fields.filter(({ field }) => rootsOf([field]).includes(root));
    const original = `$$new.roots.r${nested.indexOf(root)}`;
    return [
      root,
      inside.some(({ field }) => field === root)
        ? wholeField(root, inside[0], moved)
        : nestedField(root, { inside, original, moved }),
    ] as const;
  });
  return Object.fromEntries(set);
}

interface RestoredField {
  readonly field: string;
  /** What the folds have made of it, and what they leave of it once some are undone. */
  readonly ours: Expression;
  readonly left: Expression;
}

function wholeField(root: string, field: RestoredField | undefined, moved: readonly string[]): Expression {
  if (field === undefined) return `$${root}`;
  return { $cond: [isUntouched(root, field.ours, moved), field.left, `$${root}`] };
}

/** References inside it have followed their chats since, so they tell nothing. */
function isUntouched(root: string, ours: Expression, moved: readonly string[]): Expression {
  const paths = moved
    .filter((path) => path.startsWith(`${root}.`))
    .map((path) => path.slice(root.length + 1));
  return { $eq: [fieldWithout(`$${root}`, paths), fieldWithout(ours, paths)] };
}

interface NestedField {
  readonly inside: readonly RestoredField[];
  readonly original: string;
  readonly moved: readonly string[];
}

/** The whole field as it was, if nobody has changed anything in it; otherwise value by value. */
function nestedField(root: string, { inside, original, moved }: NestedField): Expression {
  const made = (of: "ours" | "left"): Expression =>
    fieldWith(
      original,
      root,
      inside.map((one) => [one.field, one[of]] as const),
    );
  const byValue = inside.map(({ field, ours, left }) => {
    const current = fieldAt("$", field);
    return [field, { $cond: [{ $eq: [current, ours] }, left, current] }] as const;
  });
  // A value that was not there before is one to be taken away.
  const gone = inside.map(({ field, ours, left }) => ({
    path: field.slice(root.length + 1),
    isGone: {
      $and: [
        { $eq: [fieldAt("$", field), ours] },
        { $eq: [{ $type: left }, "missing"] },
        { $ne: [{ $type: ours }, "missing"] },
      ],
    },
  }));
  const patched = gone.reduce<Expression>(
    (value, { path, isGone }) => ({ $cond: [isGone, fieldWithout(value, [path]), value] }),
    fieldWith(`$${root}`, root, byValue),
  );
  const isRemembered = { $not: [isMissing("$new.roots")] };
  return {
    $cond: [{ $and: [isRemembered, isUntouched(root, made("ours"), moved)] }, made("left"), patched],
  };
}
