import { isLive, ownField } from "../model/own-names.ts";
import type { NativeId } from "../identity/native-id.ts";
import { idMap, idText, idSet } from "../identity/stored-ids.ts";
import type { MigrationContext } from "../migrate/context/migration-context.ts";
import {
  type JournalEntry,
  type Merge,
  mergedStates,
  mergeOf,
  losersOf,
} from "../migrate/context/migration-records.ts";
import { journalBatches } from "../migrate/journal/journal.ts";
import { archivedContents, contentsOf } from "../migrate/merge/archive/content-hash.ts";
import { withoutMerges } from "../migrate/merge/merge-standing.ts";
import { referencesTo } from "../migrate/merge/references/references-to.ts";
import { strayTombstones } from "../migrate/merge/tombstones.ts";
import { type StoredDocument } from "../model/stored-document.ts";
import { driftedDuplicates, driftFindings } from "./audit-drift.ts";
import { auditFolds, auditRowFolds } from "./audit-folds.ts";
import type { Finding, FindingCode } from "./finding.ts";

const size = (): number => 1_000;
/** Findings per reference and batch of duplicates: enough to look at, however many there are. */
const mostReferences = 1_000;

/** Every duplicate is findable for ever, and nothing refers to one; nothing is left half-way. */
export async function* auditJournal(
  ctx: MigrationContext,
  tick: (more: number) => void,
): AsyncGenerator<Finding> {
  for await (const entries of journalBatches(ctx, ["planned", "rolling-back", "parked"], size)) {
    yield* entries.map(unfinished);
    tick(entries.length);
  }
  for await (const entries of journalBatches(ctx, mergedStates, size)) {
    const merges = entries.flatMap(mergeOf);
    const drifted = await driftedDuplicates(ctx, merges);
    yield* await driftFindings(ctx, drifted);
    const isDrifted = idSet(losersOf(drifted));
    const standing = entries.filter(({ _id }) => !isDrifted.has(_id));
    yield* await mergesOf(ctx, standing);
    yield* await auditFolds(ctx, standing);
    yield* await auditRowFolds(ctx, standing);
    yield* await referencesToLosers(ctx, withoutMerges(merges, drifted));
    tick(entries.length);
  }
}

function unfinished({ _id, state, reason }: JournalEntry): Finding {
  if (state === "parked") return finding("PARKED", `parked: ${reason ?? "for no known reason"}`, _id);
  const what = state === "planned" ? "a duplicate is not merged yet" : "a rollback has not come to its end";
  return finding("UNFINISHED_MERGE", what, _id);
}

async function mergesOf(
  ctx: MigrationContext,
  entries: readonly JournalEntry[],
): Promise<readonly Finding[]> {
  const merges = entries.flatMap(mergeOf);
  const losers = losersOf(merges);
  const survivors = await chatsById(
    ctx,
    merges.map(({ survivor }) => survivor),
  );
  const tombstones = await chatsById(ctx, losers);
  const redirects = idMap(
    (await ctx.redirects.find({ _id: { $in: losers } }).toArray()).map(
      (redirect) => [redirect._id, redirect["to"]] as const,
    ),
  );
  const uncopied = await withoutCopy(ctx, entries);
  return merges.flatMap(({ loser, survivor }): readonly Finding[] => {
    const tombstone = tombstones.get(loser);
    return [
      ...(tombstone !== undefined && idText(tombstone[ownField(ctx.model, "mergedInto")]) !== idText(survivor)
        ? [finding("TOMBSTONE_MISSING", "a merged duplicate does not point at its survivor", loser)]
        : []),
      ...(uncopied.has(loser)
        ? [finding("COPY_MISSING", "what a duplicate holds is in no copy", loser)]
        : []),
      ...(idText(redirects.get(loser)) !== idText(survivor)
        ? [finding("REDIRECT_MISSING", "a duplicate has no redirect to its survivor", loser)]
        : []),
      ...survivorFindings(ctx, survivors.get(survivor), loser),
    ];
  });
}

function survivorFindings(
  { model }: MigrationContext,
  survivor: StoredDocument | undefined,
  loser: NativeId,
): readonly Finding[] {
  const isSurvivor = survivor !== undefined && isLive(model, survivor);
  if (!isSurvivor || typeof survivor[model.chats.keyField] !== "string")
    return [
      finding(
        "SURVIVOR_MISSING",
        "what a duplicate was merged into is no live chat with a key, so what refers to it is out of sight: migrator " +
          `rollback --chat ${String(loser)} --execute makes it a chat of its own again, with what was its own`,
        loser,
      ),
    ];
  const aliases = survivor[ownField(model, "aliases")];
  return Array.isArray(aliases) && aliases.some((alias) => idText(alias) === idText(loser))
    ? []
    : [finding("ALIAS_MISSING", "a survivor does not list its duplicate", loser)];
}

/** Duplicates whose present content is in no copy; one that is gone may be in any, a purged one in that which was deleted. */
async function withoutCopy(
  ctx: MigrationContext,
  entries: readonly JournalEntry[],
): Promise<{ has(id: NativeId): boolean }> {
  const ids = entries.map(({ _id }) => _id);
  const isArchived = await archivedContents(ctx.records.archive, ids);
  const copies = await ctx.records.archive.distinct("_id.id", { "_id.id": { $in: ids } });
  const hasCopy = idSet(copies);
  const stored: (readonly [NativeId, string])[] = [];
  for await (const { id, hash } of contentsOf(ctx.chats, ids)) stored.push([id, hash]);
  const hashOf = idMap(stored);
  const missing = entries.filter(({ _id, purgedHash }) => {
    const hash = hashOf.get(_id) ?? purgedHash;
    return hash === undefined ? !hasCopy.has(_id) : !isArchived({ id: _id, hash });
  });
  return idSet(missing.map(({ _id }) => _id));
}

async function referencesToLosers(
  ctx: MigrationContext,
  merges: readonly Merge[],
): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const model of ctx.model.references) {
    const { collection } = model;
    for (const { id, merge } of await referencesTo(ctx, { merges, model, limit: mostReferences })) {
      const message = `a document of ${collection} refers to a merged duplicate`;
      found.push({ code: "REFERENCE_TO_LOSER", message, chat: merge.loser, reference: { collection, id } });
    }
  }
  return found;
}

async function chatsById(
  ctx: MigrationContext,
  ids: readonly NativeId[],
): Promise<{ get(id: NativeId): StoredDocument | undefined }> {
  const projection = {
    [ctx.model.chats.keyField]: 1,
    [ownField(ctx.model, "mergedInto")]: 1,
    [ownField(ctx.model, "aliases")]: 1,
  };
  const chats = await ctx.chats.find({ _id: { $in: [...ids] } }, { projection }).toArray();
  return idMap(chats.map((chat) => [chat._id, chat] as const));
}

function finding(code: FindingCode, message: string, chat: NativeId): Finding {
  return { code, message, chat, reference: null };
}

/** Every tombstone is vouched for by the journal; what the journal knows is checked from there. */
export async function* auditTombstones(
  ctx: MigrationContext,
  tick: (more: number) => void,
): AsyncGenerator<Finding> {
  for await (const strays of strayTombstones(ctx)) {
    for (const { _id } of strays) {
      const message = "a tombstone whose merge is not in the journal";
      yield { code: "JOURNAL_MISSING", message, chat: _id, reference: null };
    }
    tick(strays.length);
  }
}
