import { ownField } from "../../../model/own-names.ts";
import type { NativeId } from "../../../identity/native-id.ts";
import { groupedById, idMap, idSet, type IdSet } from "../../../identity/stored-ids.ts";
import type { MigrationContext } from "../../context/migration-context.ts";
import { type Merge, losersOf } from "../../context/migration-records.ts";
import type { ExactDocument } from "../archive/exact-document.ts";
import { type FoldMark, type Kept, marksIn } from "./fold-marks.ts";
import {
  type CopyLabel,
  copyLabels,
  type FoldCollection,
  foldedDocuments,
  labelText,
  type OriginalFields,
  originalFields,
} from "./fold-sources.ts";

export interface UnfoldPlansRequest extends FoldCollection {
  readonly ids: readonly NativeId[];
  /** Whose contributions are taken out. */
  readonly undone: readonly Merge[];
  /** Those of them, by chat or row, that stay, as there is no other place for them; only their marks go. */
  readonly staying?: IdSet;
  /** Documents from which nothing is taken, but in which what is undone was named. */
  readonly naming?: IdSet;
}

/** One contribution to a document, and whether it is taken out. */
export interface UnfoldStep {
  readonly from: NativeId;
  readonly label: CopyLabel;
  readonly at: number;
  readonly isUndone: boolean;
  readonly isStaying: boolean;
  /** What its mark has kept; of one that is not marked the copy knows. */
  readonly kept: Kept | null;
}

/** What a document holds, and everything that has gone into it. */
export interface UnfoldPlan {
  readonly id: NativeId;
  readonly document: ExactDocument;
  readonly marks: readonly FoldMark[];
  readonly steps: readonly UnfoldStep[];
  readonly original: OriginalFields;
}

/** What the marks say, what was purged, and whatever an earlier version has copied: it has left no marks. */
function stepsOf(
  { undone, staying }: UnfoldPlansRequest,
  marks: readonly FoldMark[],
  labels: readonly CopyLabel[],
): readonly UnfoldStep[] {
  const isUndone = idSet(losersOf(undone));
  const epochOf = idMap(undone.map(({ loser, epoch }) => [loser, epoch] as const));
  const step = (label: CopyLabel, at: number, kept: Kept | null): UnfoldStep => {
    const from = label._id.id;
    const isStaying = staying?.has(from) === true;
    return { from, label, at, isUndone: isUndone.has(label.loser) && !isStaying, isStaying, kept };
  };
  const marked = marks.flatMap(({ from, hash, at, kept }) => {
    const isOf = idSet([from]);
    return labels
      .filter(({ _id }) => _id.hash === hash && isOf.has(_id.id))
      .map((label) => step(label, at, kept));
  });
  const isMarked = new Set(marked.map(({ label }) => labelText(label._id)));
  const unmarked = labels.flatMap((label) => {
    const { seq, folded, epoch, loser } = label;
    if (isMarked.has(labelText(label._id))) return [];
    if (folded?.state === "purged") return isUndone.has(loser) ? [] : [step(label, folded.at ?? 0, null)];
    return seq === undefined && (epochOf.get(loser) ?? epoch) === epoch ? [step(label, 0, null)] : [];
  });
  return [...marked, ...unmarked].toSorted((a, b) => a.at - b.at);
}

/** The documents that something is taken out of. */
export async function unfoldPlans(
  ctx: MigrationContext,
  request: UnfoldPlansRequest,
): Promise<readonly UnfoldPlan[]> {
  const marked = ownField(ctx.model, "foldedFrom");
  const originals = await originalFields(ctx, request, request.ids);
  const documents = await foldedDocuments(ctx, request, request.ids);
  const labels = await copyLabels(ctx, request, request.ids);
  const groups = groupedById(labels, targetOf);
  const labelsOf = idMap(
    groups.flatMap((group) => group.slice(0, 1).map((one) => [targetOf(one), group] as const)),
  );
  return documents.flatMap(([id, document]) => {
    const marks = marksIn(document, marked);
    const steps = stepsOf(request, marks, labelsOf.get(id) ?? []);
    const original = originals.get(id);
    const isChanging =
      request.naming?.has(id) === true || steps.some(({ isUndone, isStaying }) => isUndone || isStaying);
    return original === undefined || !isChanging ? [] : [{ id, document, marks, steps, original }];
  });
}

function targetOf({ survivor, into }: CopyLabel): NativeId {
  return into ?? survivor;
}
