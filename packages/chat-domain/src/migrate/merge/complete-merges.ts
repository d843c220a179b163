import { ownField, recordName } from "../../model/own-names.ts";
import type { NativeId } from "../../identity/native-id.ts";
import { groupedById, idMap, idText } from "../../identity/stored-ids.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { type Merge, losersOf } from "../context/migration-records.ts";
import { advance } from "../journal/journal.ts";
import type { Run } from "../run/run.ts";
import { archiveDocuments } from "./archive/archive-documents.ts";
import { chatFold } from "./chat-fold.ts";
import { foldDocuments } from "./fold/fold-documents.ts";
import { recountChats, recountRows } from "./fold/recount.ts";
import { incompleteMerges } from "./incomplete-merges.ts";
import { pointersOf, type RedirectedValue } from "./references/pointers.ts";
import { confirmStoppedMoves } from "./references/later-moves.ts";
import { moveReferences } from "./references/move-references.ts";
import { copiesBy, foldsRows } from "./references/row-copies.ts";
import { dropVanished } from "./survey-merges.ts";
import { type StandingOptions, standingOf, withoutMerges } from "./merge-standing.ts";
import { addAliasesOrPark, seenAlive } from "./survivor-aliases.ts";
import { tombstones } from "./tombstones.ts";

/** How often losers that an old version keeps changing are done again before they are left for a sweep of settle. */
const attempts = 3;

export interface CompletionOptions extends StandingOptions {
  /** Whether they are merged then; not yet where keys of maps have still to follow. */
  readonly isLast: boolean;
  /** What becomes of merges whose loser and survivor are no longer chats of the same people. */
  readonly drifted: (merges: readonly Merge[]) => Promise<void>;
}

/**
 * Everything that follows the commit point: copy, redirect, move what refers to the loser, fold its fields, check. May
 * be done again at any time; what an old version has written to the loser since is taken along. What does not come to
 * its end, because the loser keeps changing or the survivor is gone, stays in the state it is in, for the next look.
 */
export async function completeMerges(
  run: Run,
  merges: readonly Merge[],
  options: CompletionOptions,
): Promise<void> {
  let open = merges;
  for (let attempt = 0; attempt < attempts && open.length > 0; attempt += 1) {
    // Nothing moves to a chat that is gone, or that is of other people by now.
    open = await addAliasesOrPark(run, await stillHolding(run, open, options));
    await archiveLosers(run, open);
    open = await dropVanished(run, open);
    if (open.length === 0) return;
    await redirect(run, open);
    for (const reference of run.ctx.model.references) await moveReferences(run, open, reference);
    await fold(run, open);
    const incomplete = await incompleteMerges(run.ctx, open);
    const done = options.isLast ? withoutMerges(open, incomplete) : [];
    await confirmStoppedMoves(run, losersOf(done));
    await advance(
      run,
      (await stillHolding(run, done, options)).map(({ loser }) => loser),
      { from: ["planned"], to: "merged", set: { mergedAt: run.ctx.now() } },
    );
    open = incomplete;
  }
}

/** Takes along what has come to merged duplicates since; of one that has become another chat, nothing. */
export function completeMerged(run: Run, merges: readonly Merge[]): Promise<void> {
  return completeMerges(run, merges, { isSelected: false, isLast: true, drifted: () => Promise.resolve() });
}

async function stillHolding(
  run: Run,
  merges: readonly Merge[],
  options: CompletionOptions,
): Promise<readonly Merge[]> {
  const { holding, drifted } = await standingOf(run.ctx, merges, options);
  await options.drifted(drifted);
  return holding;
}

export async function archiveLosers(run: Run, merges: readonly Merge[]): Promise<void> {
  await archiveDocuments(run, {
    from: run.ctx.model.chats.collection,
    archive: "chats_archive",
    documents: merges.map((merge) => ({ id: merge.loser, merge })),
    filter: { [ownField(run.ctx.model, "mergedInto")]: { $exists: true } },
  });
}

/** What the journal says is what the tombstone and the redirect have to say. Most tombstones do: the rest is written. */
async function redirect(run: Run, merges: readonly Merge[]): Promise<void> {
  const { model } = run.ctx;
  const merged = await tombstones(run.ctx, losersOf(merges));
  const astray = merges.filter(
    ({ loser, survivor }) => merged.has(loser) && idText(merged.get(loser)) !== idText(survivor),
  );
  await run.write.update(
    model.chats.collection,
    astray.map(({ loser, survivor }) => ({
      q: {
        _id: loser,
        [model.chats.keyField]: { $exists: false },
        [ownField(run.ctx.model, "mergedInto")]: { $exists: true, $ne: survivor },
      },
      u: { $set: { [ownField(run.ctx.model, "mergedInto")]: survivor } },
    })),
  );
  const since = run.ctx.now();
  const values = await referredValues(run.ctx, merges);
  await run.write.upsert(
    recordName(run.ctx.model, "chat_redirects"),
    merges.map(({ loser, survivor }) => ({
      _id: loser,
      set: { to: survivor, ...(values.has(loser) ? { values: values.get(loser) } : {}) },
      setIfMissing: { since },
    })),
  );
}

/** Links of old that hold another field's value than the id lead to the survivor as well. */
async function referredValues(ctx: MigrationContext, merges: readonly Merge[]) {
  const values: { readonly loser: NativeId; readonly value: RedirectedValue }[] = [];
  const fields = new Set(ctx.model.references.map(({ toField }) => toField));
  for (const field of fields) {
    if (field === "_id") continue;
    for (const { merge, from, to } of await pointersOf(ctx, merges, { toField: field }))
      values.push({ loser: merge.loser, value: { field, from, to } });
  }
  return idMap(
    groupedById(values, ({ loser }) => loser).flatMap((some) => {
      const loser = some[0]?.loser;
      return loser === undefined ? [] : [[loser, some.map(({ value }) => value)] as const];
    }),
  );
}

async function fold(run: Run, merges: readonly Merge[]): Promise<void> {
  const { model } = run.ctx;
  await foldDocuments(run, {
    ...chatFold(run.ctx),
    ids: groupedById(merges, ({ survivor }) => survivor).flatMap(([merge]) => merge?.survivor ?? []),
    epochs: idMap(merges.map(({ loser, epoch }) => [loser, epoch] as const)),
    seen: seenAlive(model),
  });
  await recountSurvivors(run, merges);
}

/** Counters last, when everything that they count has followed. */
async function recountSurvivors(run: Run, merges: readonly Merge[]): Promise<void> {
  const { model, records } = run.ctx;
  const loser = { $in: merges.map((merge) => merge.loser) };
  for (const reference of model.references) {
    if (!foldsRows(reference)) continue;
    const into = await records.rowsArchive.distinct("into", { ...copiesBy(model, reference), loser });
    await recountRows(run, reference, into as readonly NativeId[]);
  }
  await recountChats(
    run,
    merges.map(({ survivor }) => survivor),
  );
}
