import { uniqueChats } from "../chat-filters.ts";
import { existingIndexes, keyIndex } from "../key-index.ts";
import { chatIndexes } from "../indexes.ts";
import { ChatError } from "../chat-error.ts";
import type { StoredDocument } from "../chat-document.ts";
import type { NativeId } from "../native-id.ts";
import { idMap } from "./id-map.ts";
import { incompleteMerges } from "./incomplete-merges.ts";
import { hasItsKey, invalidityOf } from "./invalidity.ts";
import { journalBatches } from "./journal-scan.ts";
import { mergeOf } from "./merge-of.ts";
import type { MigrationContext } from "./migration-context.ts";
import { type MigrationPhase, migrationPhases } from "./migration-event.ts";
import { mergedStates } from "./migration-records.ts";
import { missingReferenceIndexes } from "./reference-indexes.ts";
import { nextChats } from "./scan-chats.ts";
import { canSeal, isSealed } from "./seal-phase.ts";

const batch = 2_000;

/**
 * Whether `up` to this phase would change anything; read-only. Looks until it finds something, so it costs a scan only
 * where there is nothing.
 */
export async function hasWork(ctx: MigrationContext, to: MigrationPhase): Promise<boolean> {
  const reached = (phase: MigrationPhase): boolean =>
    migrationPhases.indexOf(phase) <= migrationPhases.indexOf(to);
  const { journal, runs } = ctx.records;
  if (await lacksIndexes(ctx)) return true;
  const unfinished = await runs.findOne({ command: "up", state: { $in: ["running", "failed"] } });
  if (unfinished !== null) return true;
  if (reached("merge") && (await journal.findOne({ state: "planned" })) !== null) return true;
  if (reached("settle") && (await journal.findOne({ state: "merged" })) !== null) return true;
  if (reached("purge") && (await journal.findOne({ state: "settled" })) !== null) return true;
  if (reached("seal") && (await canSeal(ctx)) && !(await isSealed(ctx))) return true;
  if (reached("backfill") && (await lacksKeys(ctx))) return true;
  return reached("settle") && (await hasStragglers(ctx));
}

async function lacksIndexes(ctx: MigrationContext): Promise<boolean> {
  if ((await missingReferenceIndexes(ctx)).length > 0) return true;
  const existing = (await existingIndexes(ctx.chats)).map(({ key }) => JSON.stringify(key));
  if (chatIndexes(ctx.model).some(({ key }) => !existing.includes(JSON.stringify(key)))) return true;
  try {
    await keyIndex(ctx.chats).verified();
    return false;
  } catch (error) {
    if (error instanceof ChatError && error.code === "INDEX_MISSING") return true;
    throw error;
  }
}

async function lacksKeys(ctx: MigrationContext): Promise<boolean> {
  const filter = uniqueChats(ctx.model);
  for (let after: NativeId | null = null; ;) {
    const chats: readonly StoredDocument[] = await nextChats(ctx, { filter, after, limit: batch });
    const last = chats.at(-1);
    if (last === undefined) return false;
    const lacking = chats.filter((chat) => !hasItsKey(ctx.model, chat));
    if (lacking.length > 0 && (await anyUnparked(ctx, lacking))) return true;
    after = last._id;
  }
}

/** A chat that is parked for the very reason that it still has needs a person, not a run. */
async function anyUnparked(ctx: MigrationContext, chats: readonly StoredDocument[]): Promise<boolean> {
  const parked = await ctx.records.journal
    .find({ _id: { $in: chats.map(({ _id }) => _id) }, state: "parked" })
    .toArray();
  const reasons = idMap(parked.map((entry) => [entry._id, entry] as const));
  return chats.some((chat) => {
    const entry = reasons.get(chat._id);
    if (entry === undefined) return true;
    const invalidity = invalidityOf(ctx.model, chat);
    return invalidity !== null && invalidity !== entry.reason;
  });
}

async function hasStragglers(ctx: MigrationContext): Promise<boolean> {
  for await (const entries of journalBatches(ctx, mergedStates, () => batch)) {
    if ((await incompleteMerges(ctx, entries.flatMap(mergeOf))).length > 0) return true;
  }
  return false;
}
