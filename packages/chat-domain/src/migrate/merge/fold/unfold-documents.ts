import { ownField } from "../../../model/own-names.ts";
import type { NativeId } from "../../../identity/native-id.ts";
import { idSet, type IdSet } from "../../../identity/stored-ids.ts";
import type { FoldModel } from "../../../model/merge-model.ts";
import { rootsOf } from "../../../model/nested-fields.ts";
import { losersOf, type Merge } from "../../context/migration-records.ts";
import type { Run } from "../../run/run.ts";
import { BatchRefused } from "../../context/migration-error.ts";
import type { ExactDocument } from "../archive/exact-document.ts";
import { exactAt, isDocument, isSame, withExact } from "../archive/exact-values.ts";
import { changeDocuments, type DocumentChange } from "./changed-document.ts";
import {
  type Contribution,
  type FoldMemory,
  givenDocument,
  hasWritten,
  lastWritten,
} from "./contributions.ts";
import { emptied, pathsInside, withWays } from "./emptied-documents.ts";
import { withFollowed } from "./followed-since.ts";
import { type FoldMark, foldMemory, storedMarks } from "./fold-marks.ts";
import {
  type CopiedDocument,
  copiedDocuments,
  type CopyLabel,
  type FoldCollection,
  type IdPair,
  labelText,
  type OriginalFields,
  type Repointed,
} from "./fold-sources.ts";
import { foldedFields, refoldedFields } from "./fold-values.ts";
import { countersOf } from "./recount.ts";
import { type UnfoldPlan, unfoldPlans } from "./unfold-plans.ts";

export interface UnfoldRequest extends FoldCollection {
  readonly ids: readonly NativeId[];
  /** Whose contributions are taken out. */
  readonly undone: readonly Merge[];
  readonly staying?: IdSet;
  /** Documents from which nothing is taken, but in which what is undone was named. */
  readonly naming?: IdSet;
  /** Told what the documents hold before anything is taken out of them; whether that may be done then. */
  readonly returning: (returns: readonly Returning[]) => Promise<boolean>;
}

/** A contribution that goes back to where it came from. */
export interface Returning {
  readonly from: NativeId;
  readonly into: NativeId;
  readonly label: CopyLabel["_id"];
  /** As it was folded. */
  readonly folded: ExactDocument;
  /** What of it has been given back already, by an attempt that came to nothing. */
  readonly returned: ReadonlySet<string>;
  /** What the document that it was folded into holds now. */
  readonly current: ExactDocument;
  /** Everything else that has gone into that. */
  readonly others: readonly ExactDocument[];
  /** Knows what the application had made there before. */
  readonly memory: FoldMemory;
}

/** How often documents that change all the time are looked at again. */
const attempts = 20;

/** Documents that are read together. */
const atOnce = 50;

/**
 * Takes contributions out of folded fields. A field that nobody has touched since is what the others make of it, and once
 * none is left what it was, byte by byte; of any other what the contribution has added is taken out.
 */
export async function unfoldDocuments(run: Run, request: UnfoldRequest): Promise<void> {
  if (Object.keys(request.fold).length === 0) return;
  for (let from = 0; from < request.ids.length; from += atOnce) {
    const ids = request.ids.slice(from, from + atOnce);
    for (let attempt = 0; !(await unfold(run, { ...request, ids })); attempt += 1)
      if (attempt === attempts)
        throw new BatchRefused(`documents of ${request.collection} change all the time`);
  }
}

async function unfold(run: Run, request: UnfoldRequest): Promise<boolean> {
  const marked = ownField(run.ctx.model, "foldedFrom");
  const plans = await unfoldPlans(run.ctx, request);
  if (plans.length === 0) return true;
  const labels = plans.flatMap(({ steps }) => steps.map(({ label }) => label));
  const copied = await copiedDocuments(run.ctx, request, labels);
  const pairs = plans.flatMap(pairsOf);
  const sources = [...copied.values(), ...plans.map(({ original }) => original)];
  const documents = sources.map(({ document }) => document);
  const all = await request.repointing({ pairs, documents });
  const own = await request.repointing({ pairs });
  const kept = await request.repointing({
    pairs: plans.flatMap((plan) =>
      pairsOf({ ...plan, steps: plan.steps.filter(({ isUndone }) => !isUndone) }),
    ),
    documents,
    undone: idSet(losersOf(request.undone)),
  });
  const unfoldings = plans.map((plan) => unfoldingOf(request, { plan, copied, all, own, kept }));
  if (!(await request.returning(unfoldings.flatMap((unfolding) => returnsOf(unfolding, copied)))))
    return false;
  const isDone = await changeDocuments(
    run,
    request.collection,
    unfoldings.map((unfolding) => changeOf(request, unfolding, marked)),
  );
  if (isDone) reportWritten(run, request, unfoldings);
  return isDone;
}

function pairsOf({ id, steps }: UnfoldPlan): readonly IdPair[] {
  return steps.map(({ from }) => ({ loser: from, survivor: id }));
}

/** A plain value that others have written since stays what they have written. */
function reportWritten(
  run: Run,
  { collection, fold }: UnfoldRequest,
  unfoldings: readonly Unfolding[],
): void {
  for (const path of Object.keys(fold).filter((field) => isPlain(fold[field]))) {
    const written = unfoldings.filter(
      ({ plan, made, contributions }) =>
        lastWritten({ all: contributions, place: path }) !== undefined ||
        !isSame(exactAt(plan.document, path), exactAt(made, path)),
    );
    const [first] = written;
    if (first === undefined) continue;
    const message = `${path} of ${written.length} documents of ${collection} keeps what was written after the merge (such as in ${String(first.plan.id)})`;
    run.ctx.emit({ event: "note", message });
  }
}

function isPlain(strategy: FoldModel[string] | undefined): boolean {
  if (strategy === undefined) return false;
  return typeof strategy === "string"
    ? ["min", "max", "every", "some"].includes(strategy)
    : "newestBy" in strategy;
}

interface Unfolding {
  readonly plan: UnfoldPlan;
  /** What all folds have made of what was there before. */
  readonly made: ExactDocument;
  readonly contributions: readonly Contribution[];
}

interface UnfoldSources {
  readonly plan: UnfoldPlan;
  readonly copied: ReadonlyMap<string, CopiedDocument>;
  /** With the references of all merges, of those into the document alone, and of those that are kept. */
  readonly all: Repointed;
  readonly own: Repointed;
  readonly kept: Repointed;
}

function unfoldingOf(
  request: UnfoldRequest,
  { plan, copied, all, own: ofOwn, kept }: UnfoldSources,
): Unfolding {
  const original = plan.original.document;
  const copies = plan.steps.map(({ label }) => {
    const document = copied.get(labelText(label._id))?.document ?? new Map();
    return request.turned(document, plan.document);
  });
  const contributions = plan.steps.map(({ label, isUndone, kept: remembered }, at): Contribution => {
    const copy = copied.get(labelText(label._id));
    const document = copies[at] ?? new Map();
    const before = givenDocument(all(document));
    return {
      before,
      after: isUndone ? null : givenDocument(kept(document)),
      memory: foldMemory(remembered ?? copy),
      isWithdrawn: isUndone,
    };
  });
  const own = givenDocument(all(original));
  // Nothing has been folded into it then: what its own references follow they follow by themselves.
  const left = plan.steps.every(({ isUndone }) => isUndone) ? original : kept(original);
  const first = {
    before: own,
    after: left === own.value ? own : givenDocument(left),
    memory: foldMemory(),
  };
  const everything = [{ ...first, isWithdrawn: false }, ...contributions];
  const folded = foldedFields(request.fold, documentsOf(everything, "before"));
  const made = withFollowed(folded, {
    present: plan.document,
    following: request.following,
    later: () => all(foldedFields(request.fold, [original, ...copies].map(ofOwn))),
  });
  return { plan, made: withCounters(request, made, plan.original), contributions: everything };
}

function returnsOf(
  { plan, contributions }: Unfolding,
  copied: ReadonlyMap<string, CopiedDocument>,
): readonly Returning[] {
  return contributions.flatMap(({ before, isWithdrawn, memory }, at): readonly Returning[] => {
    const step = plan.steps[at - 1];
    if (!isWithdrawn || step === undefined || !isDocument(before?.value)) return [];
    const others = contributions.filter((_, other) => other !== at).map((one) => one.before?.value);
    return [
      {
        from: step.from,
        into: plan.id,
        label: step.label._id,
        folded: before.value,
        returned: copied.get(labelText(step.label._id))?.returned ?? new Set(),
        current: plan.document,
        others: others.filter(isDocument),
        memory,
      },
    ];
  });
}

function documentsOf(all: readonly Contribution[], side: "before" | "after"): readonly ExactDocument[] {
  return all.flatMap((one) => (isDocument(one[side]?.value) ? [one[side].value] : []));
}

/** A top-level field that is what all folds have made of it becomes as a whole what those that are kept make of it. */
function changeOf(
  request: UnfoldRequest,
  { plan, made, contributions }: Unfolding,
  marked: string,
): DocumentChange {
  const { fold } = request;
  const { document, original, marks, steps } = plan;
  const isWhole = steps.every(({ isUndone }) => isUndone);
  const rest = foldedFields(fold, documentsOf(contributions, "after"));
  const left = isWhole ? rest : withCounters(request, rest, original);
  const mine = { value: document, document };
  const patched = withCountersLeft(request, refoldedFields(fold, { mine, all: contributions, place: "" }), {
    plan,
    left,
  });
  const written = Object.keys(fold).filter((place) => hasWritten({ all: contributions, place }));
  const isWritten = new Set(rootsOf(written));
  const before = withWays(original.document, Object.keys(fold), { all: contributions, place: "" });
  const restored = rootsOf(Object.keys(fold))
    .filter((name) => original.names.has(name))
    .reduce((result, name) => {
      const isUntouched = !isWritten.has(name) && isSame(document.get(name), made.get(name));
      if (isUntouched) return withExact(result, name, left.get(name));
      const [value, inside] = [patched.get(name), pathsInside(Object.keys(fold), name)];
      const isKept = inside.length === 0 || value === document.get(name);
      return withExact(result, name, isKept ? value : emptied(value, before.get(name), inside));
    }, document);
  const gone = steps.filter(({ isUndone, isStaying }) => isUndone || isStaying);
  const undoneFrom = idSet(gone.map(({ from }) => from));
  return {
    id: plan.id,
    from: document,
    to: withExact(restored, marked, storedMarks(marksLeft(marks, undoneFrom))),
    read: [marked],
  };
}

function marksLeft(marks: readonly FoldMark[], undone: IdSet): readonly FoldMark[] {
  return marks.filter(({ from }) => !undone.has(from));
}

/** Counters hold what a recount has written last. */
function withCounters(
  { fold }: UnfoldRequest,
  document: ExactDocument,
  { recounted }: OriginalFields,
): ExactDocument {
  return countersOf(fold).reduce((counted, { field, position }) => {
    const count = recounted.get(`f${position}`);
    return count === undefined ? counted : withExact(counted, field, count);
  }, document);
}

/** A counter that still is what a recount has written becomes what it was; one that others have written stays. */
function withCountersLeft(
  { fold }: UnfoldRequest,
  document: ExactDocument,
  { plan, left }: { readonly plan: UnfoldPlan; readonly left: ExactDocument },
): ExactDocument {
  return countersOf(fold).reduce((counted, { field, position }) => {
    const count = plan.original.recounted.get(`f${position}`);
    const isOurs = count !== undefined && isSame(exactAt(plan.document, field), count);
    return isOurs ? withExact(counted, field, exactAt(left, field)) : counted;
  }, document);
}
