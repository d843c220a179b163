import { createHash } from "node:crypto";
import { BSON, type Document } from "mongodb";
import { duplicateKeyCode } from "../../../errors/mongo-errors.ts";
import type { NativeId } from "../../../identity/native-id.ts";
import { groupedById, inForm } from "../../../identity/stored-ids.ts";
import type { ReferenceModel } from "../../../model/merge-model.ts";
import type { Merge, MovesRecord } from "../../context/migration-records.ts";
import { rememberArrays } from "../../journal/originals.ts";
import type { Run } from "../../run/run.ts";
import { type Refusal, refusalError } from "../../run/write-outcome.ts";
import type { UpdateStatement } from "../../run/write-statements.ts";
import { moveArray } from "./array-references.ts";
import { MergeObstacle, type Reference, referencesTo } from "./references-to.ts";
import { resolveRowConflicts, type RowConflict } from "./row-conflicts.ts";

/** Documents that move in one round: many more than losers, and small. */
const referencesAtOnce = 2_000;

/** How often conflicts may come back before the loser is set aside: rows can change between two looks. */
const attempts = 5;

/**
 * Makes everything that refers to these losers refer to their survivors, batch by batch until nothing is left. Which
 * documents move is remembered before they do.
 *
 * @throws MergeObstacle about the loser that a reference cannot be taken from
 */
export async function moveReferences(
  run: Run,
  merges: readonly Merge[],
  model: ReferenceModel,
): Promise<number> {
  let moved = 0;
  for (let stuck = 0; stuck < attempts;) {
    const references = await referencesTo(run.ctx, { merges, model, limit: referencesAtOnce });
    if (references.length === 0) return moved;
    await remember(run, model, references);
    const conflicts = await move(run, model, references);
    const archivedRows = await resolveRowConflicts(run, model, conflicts);
    moved += references.length - conflicts.length + archivedRows;
    run.count({ moved: references.length - conflicts.length, archivedRows });
    stuck = conflicts.length - archivedRows === references.length ? stuck + 1 : 0;
  }
  const [left] = await referencesTo(run.ctx, { merges, model, limit: referencesAtOnce });
  if (left === undefined) return moved;
  throw new MergeObstacle(
    left.merge,
    `a document of ${model.collection} cannot follow: another one stands in its place`,
  );
}

async function remember(
  run: Run,
  { collection, field }: ReferenceModel,
  all: readonly Reference[],
): Promise<void> {
  const records = byLoserAndForm(all).flatMap((references): readonly MovesRecord[] => {
    const [first] = references;
    if (first === undefined) return [];
    const { loser, survivor } = first.merge;
    const ids = references.map(({ id }) => id);
    const _id = { loser, collection, field, form: first.form, digest: digestOf(ids) };
    return [{ _id, loser, survivor, ids }];
  });
  const arrays = all.filter(({ form }) => form === "array").map(({ id }) => id);
  await rememberArrays(run, { collection, ids: arrays, field });
  await run.write.insert("chat_merge_moves", records);
}

/** What is remembered twice after a crash is remembered once. */
function digestOf(ids: readonly NativeId[]): string {
  return createHash("sha256").update(BSON.serialize({ ids })).digest("base64url").slice(0, 22);
}

/** Returns the references that a unique index did not let move. */
async function move(
  run: Run,
  model: ReferenceModel,
  all: readonly Reference[],
): Promise<readonly RowConflict[]> {
  // One statement for many documents stops at the first that is refused, so where some may be, each has its own.
  const together = model.onConflict === undefined;
  const units = byLoserAndForm(all).flatMap((group) =>
    together && group[0]?.form !== "array" ? [group] : group.map((one) => [one]),
  );
  const { refusals } = await run.write.update(
    model.collection,
    units.flatMap((unit) => statement(model, unit)),
  );
  return refusals.flatMap((refusal) => {
    const [reference] = units[refusal.index] ?? [];
    if (reference === undefined) return [];
    if (refusal.code !== duplicateKeyCode) throw obstacle(model, reference, refusal);
    return [{ reference, refusal }];
  });
}

function statement({ field }: ReferenceModel, unit: readonly Reference[]): readonly UpdateStatement[] {
  const [first] = unit;
  if (first === undefined) return [];
  const { merge, form } = first;
  if (form === "array") return [moveArray(field, first)];
  const here: Document = { [field]: inForm(merge.loser, form) };
  return [
    {
      q: { _id: { $in: unit.map(({ id }) => id) }, ...here },
      u: { $set: { [field]: inForm(merge.survivor, form) } },
      multi: true,
    },
  ];
}

function byLoserAndForm(references: readonly Reference[]): readonly (readonly Reference[])[] {
  return groupedById(references, ({ merge }) => merge.loser).flatMap((group) =>
    (["native", "text", "array"] as const)
      .map((form) => group.filter((reference) => reference.form === form))
      .filter((some) => some.length > 0),
  );
}

function obstacle({ collection }: ReferenceModel, { merge }: Reference, refusal: Refusal): MergeObstacle {
  const cause = refusalError(refusal);
  return new MergeObstacle(merge, `a document of ${collection} cannot follow it`, { cause });
}
