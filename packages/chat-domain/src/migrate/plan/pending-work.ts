import { lastRun } from "../context/migration-history.ts";
import { idMap } from "../../identity/stored-ids.ts";
import { uniqueChats } from "../../model/chat-filters.ts";
import type { StoredDocument } from "../../model/stored-document.ts";
import { chatIndexes, existingIndexes, keyIndexFlaw } from "../../store/key-index.ts";
import { otherThanRecorded } from "../../store/recorded-model.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { type MigrationPhase, migrationPhases } from "../context/migration-event.ts";
import { type JournalState, mergedStates, mergeOf } from "../context/migration-records.ts";
import { journalBatches } from "../journal/journal.ts";
import { invalidReason, keyFaultOf } from "../keys/chat-validity.ts";
import { nextMisplacedKeys } from "../keys/key-holders.ts";
import { resolvedParked } from "../keys/parked-chats.ts";
import { chatBatches } from "../keys/scan-chats.ts";
import { supersededIndexes } from "../keys/superseded-indexes.ts";
import { stragglers } from "../merge/incomplete-merges.ts";
import { duplicatesInMaps } from "../merge/map-keys.ts";
import { strayTombstones } from "../merge/tombstones.ts";
import { canSeal, isSealed } from "../phases/seal-phase.ts";
import { missingReferenceIndexes } from "../preflight/reference-indexes.ts";

const batch = 2_000;

/**
 * Whether `up` to this phase would change anything; read-only. Looks until it finds something, so it costs a scan only
 * where there is nothing.
 */
export async function hasWork(ctx: MigrationContext, to: MigrationPhase): Promise<boolean> {
  if ((await lacksIndexes(ctx)) || (await isUnfinished(ctx)) || (await isOtherModel(ctx))) return true;
  // The cheap looks first: those of backfill and settle read everything there is.
  const looks: readonly (readonly [MigrationPhase, (ctx: MigrationContext) => Promise<boolean>])[] = [
    ["merge", (context) => isJournaled(context, "planned")],
    ["settle", (context) => isJournaled(context, "merged")],
    ["purge", (context) => isJournaled(context, "settled")],
    ["seal", async (context) => (await canSeal(context)) && !(await isSealed(context))],
    ["backfill", async (context) => (await resolvedParked(context)).length > 0],
    ["backfill", hasMisplacedKeys],
    ["backfill", lacksKeys],
    ["settle", hasStragglers],
  ];
  const last = migrationPhases.indexOf(to);
  for (const [phase, look] of looks) {
    if (migrationPhases.indexOf(phase) <= last && (await look(ctx))) return true;
  }
  return false;
}

/** A run that was killed wrote no end: it takes another one to say that there is nothing left to do. */
async function isUnfinished(ctx: MigrationContext): Promise<boolean> {
  const last = await lastRun(ctx);
  return last?.command === "up" && ["running", "failed"].includes(last.state);
}

/** The new version is held to the model that a run has written down, so one of this model has to be. */
async function isOtherModel({ db, model }: MigrationContext): Promise<boolean> {
  return (await otherThanRecorded(db, model)) !== null;
}

async function isJournaled({ records }: MigrationContext, state: JournalState): Promise<boolean> {
  return (await records.journal.findOne({ state }, { projection: { _id: 1 } })) !== null;
}

async function lacksIndexes(ctx: MigrationContext): Promise<boolean> {
  if ((await missingReferenceIndexes(ctx)).length > 0) return true;
  const existing = new Set((await existingIndexes(ctx.chats)).map(({ key }) => JSON.stringify(key)));
  if (chatIndexes(ctx.model).some(({ key }) => !existing.has(JSON.stringify(key)))) return true;
  if ((await supersededIndexes(ctx)).length > 0) return true;
  return (await keyIndexFlaw(ctx.chats, ctx.model.chats.keyField)) !== null;
}

async function lacksKeys(ctx: MigrationContext): Promise<boolean> {
  const filter = uniqueChats(ctx.model);
  for await (const chats of chatBatches(ctx, { filter, limit: batch })) {
    const lacking = chats.filter((chat) => keyFaultOf(ctx.model, chat) !== null);
    if (lacking.length > 0 && (await anyUnparked(ctx, lacking))) return true;
  }
  return false;
}

async function hasMisplacedKeys(ctx: MigrationContext): Promise<boolean> {
  for (let after = ""; ;) {
    const chats: readonly StoredDocument[] = await nextMisplacedKeys(ctx, { after, limit: batch });
    const last = chats.at(-1);
    if (last === undefined) return false;
    if (await anyUnparked(ctx, chats)) return true;
    after = String(last[ctx.model.chats.keyField]);
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
    if (entry?.kind !== "invalid") return entry === undefined;
    return keyFaultOf(ctx.model, chat) !== "keyless" || entry.reason !== invalidReason(ctx.model, chat);
  });
}

async function hasStragglers(ctx: MigrationContext): Promise<boolean> {
  for await (const strays of strayTombstones(ctx)) if (strays.length > 0) return true;
  for await (const entries of journalBatches(ctx, mergedStates, () => batch)) {
    if ((await stragglers(ctx, entries.flatMap(mergeOf))).length > 0) return true;
  }
  for await (const _ of duplicatesInMaps(ctx)) return true;
  return false;
}
