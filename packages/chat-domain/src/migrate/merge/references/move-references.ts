import { recordName } from "../../../model/own-names.ts";
import { createHash } from "node:crypto";
import { BSON } from "mongodb";
import { duplicateKeyCode } from "../../../errors/mongo-errors.ts";
import type { NativeId } from "../../../identity/native-id.ts";
import { groupedById } from "../../../identity/stored-ids.ts";
import type { ReferenceModel } from "../../../model/merge-model.ts";
import { rootOf } from "../../../model/stored-document.ts";
import type { Merge, MovesRecord } from "../../context/migration-records.ts";
import { saveOriginalArrays } from "../../journal/originals.ts";
import type { Run } from "../../run/run.ts";
import { type Refusal, refusalError, refusalReason } from "../../run/write-outcome.ts";
import type { ChangeAsSeen, UpdateStatement } from "../../run/write-statements.ts";
import { moveArray } from "./array-references.ts";
import { earlierMoves, type EarlierMoves } from "./later-moves.ts";
import { moveInside } from "./move-inside.ts";
import { repointingsOf } from "./pointers.ts";
import { MergeBlocked, type Reference, referencesTo } from "./references-to.ts";
import { resolveRowConflicts, type RowConflict } from "./row-conflicts.ts";

/** Documents that move in one round: many more than losers, and small. */
const referencesAtOnce = 2_000;

/** How often something may be left over: documents can change between two looks. */
const attempts = 5;

/**
 * Makes everything that refers to these losers refer to their survivors, batch by batch until all that was there has
 * followed. What has come since is for the next look, and so is a row that has changed at every one: an old version that
 * writes all the time would keep the run here. Which documents move is recorded before they do.
 *
 * @throws MergeBlocked about the loser that a reference cannot be taken from
 */
export async function moveReferences(
  run: Run,
  merges: readonly Merge[],
  model: ReferenceModel,
): Promise<number> {
  let moved = 0;
  let isBusy = false;
  for (let [rests, stuck] = [0, 0]; Math.max(rests, stuck) < attempts;) {
    const references = await referencesTo(run.ctx, { merges, model, limit: referencesAtOnce });
    const round = await moveRound(run, model, references);
    moved += round.moved;
    const isAll = references.length < referencesAtOnce;
    if (isAll && round.moved === references.length) return moved;
    rests = isAll && round.moved > 0 ? rests + 1 : 0;
    stuck = round.moved === 0 ? stuck + 1 : 0;
    isBusy = round.moved + round.changed === references.length || round.moved > 0;
  }
  if (isBusy) return moved;
  const [left] = await referencesTo(run.ctx, { merges, model, limit: referencesAtOnce });
  if (left === undefined) return moved;
  const why = "another one stands in its place, or it changes all the time";
  throw new MergeBlocked(
    left.merge,
    `a document of ${model.collection} cannot follow (${model.field}): ${why}`,
  );
}

interface Round {
  /** How many have followed, or are archived. */
  readonly moved: number;
  /** How many rows have only changed while they were archived. */
  readonly changed: number;
}

async function moveRound(run: Run, model: ReferenceModel, references: readonly Reference[]): Promise<Round> {
  if (references.length === 0) return { moved: 0, changed: 0 };
  refuseTargetless(model, references);
  const earlier = await recordMoves(run, model, references);
  const { conflicts, left } = await moveBatch(run, model, { references, earlier });
  const { archivedRows, changed } = await resolveRowConflicts(run, model, conflicts);
  const followed = references.length - conflicts.length - left;
  run.count({ moved: followed, archivedRows });
  return { moved: followed + archivedRows, changed };
}

/** Moves these, and records it before. Returns how many have followed. */
export async function moveEach(
  run: Run,
  model: ReferenceModel,
  references: readonly Reference[],
): Promise<number> {
  refuseTargetless(model, references);
  const earlier = await recordMoves(run, model, references);
  const { left } = await moveBatch(run, model, { references, earlier });
  return references.length - left;
}

function refuseTargetless({ collection, field, toField }: ReferenceModel, all: readonly Reference[]): void {
  const lost = all.find(({ pointer }) => pointer.to === null);
  if (lost === undefined) return;
  const message = `documents of ${collection} cannot follow (${field}): its survivor has no ${toField}`;
  throw new MergeBlocked(lost.merge, message);
}

/** Returns what was recorded before of what is inside documents. */
async function recordMoves(
  run: Run,
  model: ReferenceModel,
  all: readonly Reference[],
): Promise<EarlierMoves> {
  const at = run.ctx.now();
  const records = unitsOf(all).flatMap((unit) => recordOf(model, unit, at));
  const { collection, field } = model;
  const of = (kind: Reference["kind"]): readonly NativeId[] =>
    all.filter((reference) => reference.kind === kind).map(({ id }) => id);
  const earlier = await earlierMoves(run, model, of("inside"));
  await saveOriginalArrays(run, { collection, ids: of("array"), field });
  await saveOriginalArrays(run, { collection, ids: of("inside"), field, isWhole: true });
  await run.write.insert(recordName(run.ctx.model, "chat_merge_moves"), records);
  return earlier;
}

function recordOf(reference: ReferenceModel, unit: readonly Reference[], at: Date): readonly MovesRecord[] {
  const [first] = unit;
  if (first === undefined) return [];
  if (first.kind === "scalar") return [scalarRecord(reference, first, unit)];
  const record = arrayRecord(reference, first, unit);
  return [first.kind === "inside" ? { ...record, isInside: true, at } : record];
}

function scalarRecord(
  { collection, field, prefix }: ReferenceModel,
  { merge: { loser, survivor }, pointer, stored }: Reference,
  unit: readonly Reference[],
): MovesRecord {
  const ids = unit.map(({ id }) => id);
  const isPlain = pointer.from === loser && prefix === "";
  const form = typeof stored.from === "string" && typeof loser !== "string" ? "text" : "native";
  const digest = digestOf(isPlain ? { ids } : { ids, ...stored });
  return { _id: { loser, collection, field, form, digest }, loser, survivor, ids, ...stored };
}

function arrayRecord(
  { collection, field, prefix }: ReferenceModel,
  { merge: { loser, survivor }, pointer, stored }: Reference,
  unit: readonly Reference[],
): MovesRecord {
  const ids = unit.map(({ id }) => id);
  const _id = { loser, collection, field, form: "array", digest: digestOf({ ids, prefix }) } as const;
  const [{ from, to } = stored] =
    prefix === "" ? [{ from: pointer.from, to: pointer.to ?? pointer.from }] : repointingsOf(pointer, prefix);
  return { _id, loser, survivor, ids, from, to };
}

/** What is recorded twice after a crash is one record. */
function digestOf(content: object): string {
  return createHash("sha256").update(BSON.serialize(content)).digest("base64url").slice(0, 22);
}

interface Moved {
  /** References that a unique index did not let move. */
  readonly conflicts: readonly RowConflict[];
  /** How many have changed while they were worked on. */
  readonly left: number;
}

interface Recorded {
  readonly references: readonly Reference[];
  readonly earlier: EarlierMoves;
}

async function moveBatch(
  run: Run,
  model: ReferenceModel,
  { references: all, earlier }: Recorded,
): Promise<Moved> {
  // One statement for many documents stops at the first that is refused, so where some may be, each has its own.
  const together = model.onConflict === undefined;
  const units = unitsOf(all.filter(({ kind }) => kind !== "inside")).flatMap((group) =>
    together && group[0]?.kind === "scalar" ? [group] : group.map((one) => [one]),
  );
  const { refusals } = await run.write.update(
    model.collection,
    units.flatMap((unit) => statement(model, unit)),
  );
  const conflicts = refusals.flatMap((refusal) => {
    const [reference] = units[refusal.index] ?? [];
    if (reference === undefined) return [];
    if (refusal.code !== duplicateKeyCode || reference.kind !== "scalar")
      throw blocked(model, reference, refusal);
    return [{ reference, refusal }];
  });
  const references = all.filter(({ kind }) => kind === "inside");
  const inside = await moveInside(run, model, { references, earlier });
  for (const { reference, refusal } of inside.refused) throw blocked(model, reference, refusal);
  return { conflicts, left: inside.left };
}

function statement(
  { field, prefix }: ReferenceModel,
  unit: readonly Reference[],
): readonly (UpdateStatement | ChangeAsSeen)[] {
  const [first] = unit;
  if (first === undefined) return [];
  const { kind, pointer, stored } = first;
  if (kind === "array") {
    const [plain = stored] = repointingsOf(pointer, prefix);
    return [moveArray(field, first.id, { loser: plain.from, survivor: plain.to })];
  }
  // Alone, what is selected by nothing but its `_id` costs the server half.
  if (unit.length === 1 && rootOf(field) === field)
    return [{ _id: first.id, seen: [[`$${field}`, stored.from]], set: { [field]: stored.to } }];
  return [
    {
      q: { _id: { $in: unit.map(({ id }) => id) }, [field]: stored.from },
      u: { $set: { [field]: stored.to } },
      multi: true,
    },
  ];
}

/** By loser, kind and stored form: what one record, and one statement, can speak of. */
function unitsOf(references: readonly Reference[]): readonly (readonly Reference[])[] {
  return groupedById(references, ({ merge }) => merge.loser).flatMap((group) => {
    const units = new Map<string, Reference[]>();
    for (const reference of group) {
      const { kind, stored } = reference;
      const unit = kind === "scalar" ? BSON.EJSON.stringify(stored.from, { relaxed: false }) : kind;
      const others = units.get(unit);
      if (others === undefined) units.set(unit, [reference]);
      else others.push(reference);
    }
    return [...units.values()];
  });
}

function blocked(
  { collection, field }: ReferenceModel,
  { merge }: Reference,
  refusal: Refusal,
): MergeBlocked {
  const cause = refusalError(refusal);
  const message = `a document of ${collection} cannot follow it (${field}): ${refusalReason(refusal)}`;
  return new MergeBlocked(merge, message, { cause });
}
