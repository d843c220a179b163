import type { SeenValues } from "../../../model/as-seen.ts";
import { recordName, ownField } from "../../../model/own-names.ts";
import type { NativeId } from "../../../identity/native-id.ts";
import { groupedById, type IdMap, idMap, idSet } from "../../../identity/stored-ids.ts";
import { rootsOf } from "../../../model/nested-fields.ts";
import type { Run } from "../../run/run.ts";
import type { ExactDocument } from "../archive/exact-document.ts";
import { withExact } from "../archive/exact-values.ts";
import { changeDocuments, type DocumentChange } from "./changed-document.ts";
import { type Contribution, type Given, givenDocument } from "./contributions.ts";
import {
  type FoldMark,
  foldMemory,
  type Kept,
  type KeptMemory,
  marksIn,
  nothingKept,
  storedMarks,
} from "./fold-marks.ts";
import {
  copiedDocuments,
  type CopyLabel,
  copyLabels,
  type FoldCollection,
  foldedDocuments,
  labelText,
  originalFields,
} from "./fold-sources.ts";
import { refoldedFields } from "./fold-values.ts";

export interface FoldRequest extends FoldCollection {
  /** The documents that copies are folded into. */
  readonly ids: readonly NativeId[];
  /** Whose copies are folded: those of this epoch, by the ids of the chats or rows. */
  readonly epochs: IdMap<number>;
  /** What has to be true of a document that is folded into. */
  readonly seen?: SeenValues;
}

/** How often documents that change just now are looked at again, before the next sweep gets them. */
const attempts = 5;

/** Copies that are read together. */
const bytesAtOnce = 8 * 1_024 * 1_024;
const documentsAtOnce = 200;

/**
 * Folds the newest copy of every chat or row into the document that stands for it: fold and mark are one update, so that
 * nothing is folded twice, and nothing is believed that has not been. What was folded before is followed.
 *
 * @throws BatchRefused when the server refuses what a document would become
 */
export async function foldDocuments(run: Run, request: FoldRequest): Promise<void> {
  if (rootsOf(Object.keys(request.fold)).length === 0) return;
  const labels = await copyLabels(run.ctx, request, request.ids);
  for (const some of inPortions(groupedById(labels, ({ survivor, into }) => into ?? survivor))) {
    for (let attempt = 0; attempt < attempts; attempt += 1) if (await foldPortion(run, request, some)) break;
  }
}

/** The copies that go into one document. */
type Copies = readonly CopyLabel[];

function* inPortions(groups: readonly Copies[]): Generator<readonly Copies[]> {
  let some: Copies[] = [];
  let bytes = 0;
  for (const copies of groups) {
    const size = bytesOf(copies);
    if (some.length > 0 && (bytes + size > bytesAtOnce || some.length === documentsAtOnce)) {
      yield some;
      [some, bytes] = [[], 0];
    }
    some.push(copies);
    bytes += size;
  }
  if (some.length > 0) yield some;
}

function bytesOf(copies: Copies): number {
  return copies.reduce((sum, { size }) => sum + size, 0);
}

/** Returns whether no document has changed meanwhile. */
async function foldPortion(run: Run, request: FoldRequest, portion: readonly Copies[]): Promise<boolean> {
  const copiesOf = idMap(portion.map((copies) => [targetOf(copies), copies] as const));
  const marked = ownField(run.ctx.model, "foldedFrom");
  const documents = await foldedDocuments(run.ctx, request, portion.map(targetOf));
  const plans = documents.map(([id, document, size]): FoldPlan => {
    const copies = copiesOf.get(id) ?? [];
    const steps = stepsOf(request, marksIn(document, marked), copies);
    return { id, document, steps, bytes: size + bytesOf(copies) };
  });
  for (const plan of plans) reportLost(run, request, plan);
  const [open, done] = [plans.filter(isOpen), plans.filter((plan) => !isOpen(plan))];
  const isDone = await changeDocuments(run, request.collection, await changesOf(run, request, open));
  await flagFolded(run, request, isDone ? plans : done);
  return isDone;
}

/** What is to be done about one document. */
interface FoldPlan {
  readonly id: NativeId;
  readonly document: ExactDocument;
  readonly steps: readonly Step[];
  /** Of the document and its copies. */
  readonly bytes: number;
}

function isOpen({ steps }: FoldPlan): boolean {
  return steps.some(({ before, after }) => before !== after);
}

async function changesOf(
  run: Run,
  request: FoldRequest,
  plans: readonly FoldPlan[],
): Promise<readonly DocumentChange[]> {
  if (plans.length === 0) return [];
  const labels = plans
    .flatMap(({ steps }) => steps)
    .flatMap(({ before, after }) => [before ?? [], after ?? []].flat());
  const copied = await copiedDocuments(run.ctx, request, labels);
  const ids = plans.map(({ id }) => id);
  const originals = await originalFields(run.ctx, request, ids);
  const pairs = plans.flatMap(({ id, steps }) => steps.map(({ from }) => ({ loser: from, survivor: id })));
  const documents = [
    ...[...copied.values()].map(({ document }) => document),
    ...ids.flatMap((id) => originals.get(id)?.document ?? []),
  ];
  const repointed = await request.repointing({ pairs, documents });
  const given = (document: ExactDocument = new Map()): Given => givenDocument(repointed(document));
  return plans.map((plan) => {
    const copyOf = (label: CopyLabel): Given =>
      given(request.turned(copied.get(labelText(label._id))?.document ?? new Map(), plan.document));
    const memories = plan.steps.map(({ mark, before }) =>
      foldMemory(mark?.kept ?? (before === null ? {} : copied.get(labelText(before._id)))),
    );
    const original = given(originals.get(plan.id)?.document);
    return changeOf(run, request, { plan, original, copyOf, memories });
  });
}

interface Sources {
  readonly plan: FoldPlan;
  readonly original: Given;
  readonly copyOf: (label: CopyLabel) => Given;
  /** By step. */
  readonly memories: readonly KeptMemory[];
}

function changeOf(
  run: Run,
  request: FoldRequest,
  { plan, original, copyOf, memories }: Sources,
): DocumentChange {
  const { id, document, steps, bytes } = plan;
  const marked = ownField(run.ctx.model, "foldedFrom");
  const all = steps.map(({ before, after }, at): Contribution => {
    const earlier = before === null ? null : copyOf(before);
    const later = after === before ? earlier : after === null ? null : copyOf(after);
    return { before: earlier, after: later, memory: memories[at] ?? foldMemory(), isWithdrawn: false };
  });
  const own = { before: original, after: original, memory: foldMemory(), isWithdrawn: false };
  const mine = givenDocument(document);
  const folded = refoldedFields(request.fold, { mine, all: [own, ...all], place: "" });
  const last = Math.max(0, ...steps.map(({ at }) => at).filter(Number.isFinite));
  const marks = steps.flatMap((step, at) =>
    markAfter(step, last + 1 + at, memories[at]?.kept ?? nothingKept),
  );
  return {
    id,
    from: document,
    to: withExact(folded, marked, storedMarks(marks)),
    read: [marked, ...readBeside(request)],
    ...(request.seen === undefined ? {} : { seen: request.seen }),
    bytes,
  };
}

function targetOf([copy]: Copies): NativeId {
  return (copy?.into ?? copy?.survivor) as NativeId;
}

/** One contribution to a document: which copy has been folded, and which is to be. */
interface Step {
  readonly from: NativeId;
  readonly mark: FoldMark | null;
  readonly before: CopyLabel | null;
  readonly after: CopyLabel | null;
  /** In the order in which they were folded. */
  readonly at: number;
  /** It was folded, and its mark is gone: somebody has replaced the whole document. */
  readonly isLost: boolean;
}

function stepsOf(request: FoldRequest, marks: readonly FoldMark[], copies: Copies): readonly Step[] {
  const groups = groupedById(copies, ({ _id }) => _id.id);
  const groupOf = idMap(groups.map((group) => [group[0]?._id.id as NativeId, group] as const));
  const known = idSet(marks.map(({ from }) => from));
  const marked = marks.map((mark): Step => {
    const group = groupOf.get(mark.from) ?? [];
    const before = group.find(({ _id }) => _id.hash === mark.hash) ?? null;
    const newest = newestCopy(request, group);
    const isNewer = before !== null && newest !== null && (newest.seq ?? 0) > mark.seq;
    return { from: mark.from, mark, before, after: isNewer ? newest : before, at: mark.at, isLost: false };
  });
  const others = groups.flatMap((group) => {
    const [first] = group;
    return first === undefined || known.has(first._id.id) ? [] : unmarkedSteps(request, group, first._id.id);
  });
  return [...marked, ...others].toSorted((a, b) => a.at - b.at);
}

function unmarkedSteps(request: FoldRequest, group: Copies, from: NativeId): readonly Step[] {
  const step = { from, mark: null, isLost: false } as const;
  const inside = (copy: CopyLabel, at: number): Step => ({ ...step, before: copy, after: copy, at });
  // An earlier version has left no marks; its folds change nothing when they are done twice.
  const earlier = group.filter(({ _id, seq }) => seq === undefined && !request.epochs.has(_id.id));
  const purged = group.filter(({ folded }) => folded?.state === "purged");
  const done = [
    ...earlier.map((copy) => inside(copy, 0)),
    ...purged.map((copy) => inside(copy, copy.folded?.at ?? 0)),
  ];
  const newest = newestCopy(request, group);
  if (newest === null || purged.length > 0) return done;
  const folded = group.findLast((copy) => copy.folded !== undefined && copy.epoch === newest.epoch) ?? null;
  return [...done, { ...step, before: folded, after: newest, at: Infinity, isLost: folded !== null }];
}

/** Of those that are folded now: copies of an earlier merge are history. */
function newestCopy({ epochs }: FoldRequest, group: Copies): CopyLabel | null {
  return group.findLast(({ _id, epoch }) => epochs.get(_id.id) === epoch) ?? null;
}

/** What is in the document without a mark, of an earlier version or purged, gets none either, but with what comes later. */
function markAfter({ from, before, after, mark }: Step, at: number, kept: Kept): readonly FoldMark[] {
  if (mark === null && before === after) return [];
  if (after === null) return mark === null ? [] : [mark];
  return [{ from, hash: after._id.hash, seq: after.seq ?? 0, at: mark?.at ?? at, kept }];
}

/** Times that decide about other fields. */
function readBeside({ fold }: FoldRequest): readonly string[] {
  const times = Object.values(fold).flatMap((strategy) =>
    typeof strategy === "object" && "newestBy" in strategy ? [strategy.newestBy] : [],
  );
  return rootsOf(times);
}

/** The archive knows what has been folded, so that a mark that is missing is not taken for a fold that is. */
async function flagFolded(run: Run, request: FoldRequest, plans: readonly FoldPlan[]): Promise<void> {
  const labels = plans
    .flatMap(({ steps }) => steps)
    .flatMap(({ after }) => (after?.seq === undefined || after.folded !== undefined ? [] : [after._id]));
  if (labels.length === 0) return;
  const name = request.archive === "archive" ? "chats_archive" : "chat_rows_archive";
  await run.write.update(recordName(run.ctx.model, name), [
    { q: { _id: { $in: labels } }, u: { $set: { folded: { state: "marked" } } }, multi: true },
  ]);
}

function reportLost(run: Run, { collection }: FoldRequest, { id, steps }: FoldPlan): void {
  if (!steps.some(({ isLost }) => isLost)) return;
  const message =
    `${collection} ${String(id)} has lost the marks of what was folded into it: somebody has replaced the whole document. ` +
    "It is not folded again";
  run.ctx.emit({ event: "note", message });
}
