import { refuseUnknown } from "../../driver/known-options.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import { defaultMaxParticipants } from "../../identity/participants-key.ts";
import { isReleased } from "../../model/own-names.ts";
import { storedIdentity } from "../../model/chat-document.ts";
import { uniqueChats } from "../../model/chat-filters.ts";
import { type StoredDocument } from "../../model/stored-document.ts";
import { existingIndexes } from "../../store/key-index.ts";
import { collectionOf, type MigrationContext } from "../context/migration-context.ts";
import type { MigrationPhase } from "../context/migration-event.ts";
import { patiently } from "../context/with-migration-errors.ts";
import { invalidReason } from "../keys/chat-validity.ts";
import { chatBatches } from "../keys/scan-chats.ts";
import { typeWarnings } from "../preflight/key-field.ts";
import { newChatWarnings } from "../preflight/new-chats.ts";
import { preflight } from "../preflight/preflight.ts";
import { missingReferenceIndexes } from "../preflight/reference-indexes.ts";
import { changedFolds } from "../merge/changed-folds.ts";
import { archivedParts } from "./archived-parts.ts";
import { bytesShown } from "../merge/chat-states.ts";
import { archivedRows } from "./archived-rows.ts";
import {
  chatsToPark,
  type InvalidChats,
  type InvalidByReason,
  noteInvalid,
  whyUnkeyable,
} from "./chats-to-park.ts";
import { type Census, duplicateCensus, type DuplicateCensus } from "./duplicate-census.ts";
import { hasWork } from "./pending-work.ts";
import { shownSurvivors } from "./shown-survivors.ts";
import { unnamedReferences } from "./unnamed-references.ts";

/** What `up` would find and do. Computed without a single write. */
export interface MigrationPlan {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly chats: {
    /** Live chats that are unique by their participants. */
    readonly unique: number;
    readonly keyed: number;
    readonly keyless: number;
    /** With a wrong, null or older key. */
    readonly otherKey: number;
  };
  readonly duplicates: Census;
  readonly invalid: readonly InvalidChats[];
  /** Documents per reference, and whether an index serves it. */
  readonly references: readonly {
    readonly collection: string;
    readonly field: string;
    readonly documents: number;
    readonly indexed: boolean;
  }[];
  readonly keyIndexExists: boolean;
  /** Seconds that `up` is expected to take: a rough guess from how fast this scan was. */
  readonly expectedSeconds: number;
  /** Whether `up` to the phase asked for has anything to do. */
  readonly pending: boolean;
}

export interface PlanOptions {
  readonly to?: MigrationPhase;
  readonly createReferenceIndexes?: boolean;
  /** Told how many chats have been looked at. */
  readonly onProgress?: (scanned: number, total: number) => void;
  readonly signal?: AbortSignal;
}

const optionNames = {
  to: true,
  createReferenceIndexes: true,
  onProgress: true,
  signal: true,
} satisfies Record<keyof PlanOptions, true>;

const batch = 2_000;
const mostKeys = 250_000;
const largestShown = 10;

/** Measured on the embedded engine: writing keys takes about so many times as long as reading chats does … */
const backfillFactor = 4;
/** … and a merge about so many times as long as reading a chat. */
const mergeFactor = 40;

/**
 * Looks at every chat and says what `up` would do.
 *
 * @throws MigrationError `UNAVAILABLE`
 * @example
 * ```ts
 * import { type MigrationContext, planMigration } from "@onechat/chat-domain/migrate";
 *
 * export async function countDuplicates(migration: MigrationContext): Promise<number> {
 *   const { problems, duplicates } = await planMigration(migration);
 *   if (problems.length > 0) throw new Error(problems.join("\n"));
 *   return duplicates.losers;
 * }
 * ```
 */
export async function planMigration(
  ctx: MigrationContext,
  options: PlanOptions = {},
): Promise<MigrationPlan> {
  refuseUnknown("planMigration", options, optionNames);
  return patiently(ctx, async () => {
    const createsReferenceIndexes = options.createReferenceIndexes === true;
    const { problems, warnings, isReadable } = await preflight(ctx, { createsReferenceIndexes });
    if (!isReadable) return { ...emptyPlan, problems, warnings };
    const started = performance.now();
    const { large, ...scan } = await scanAll(ctx, options);
    const scanSeconds = (performance.now() - started) / 1_000;
    const { unique } = scan.chats;
    const perChat = unique === 0 ? 0 : scanSeconds / unique;
    const toKey = scan.chats.keyless + scan.chats.otherKey;
    const expected = perChat * (unique + toKey * backfillFactor + scan.duplicates.losers * mergeFactor);
    return {
      problems,
      warnings: [
        ...warnings,
        ...(await typeWarnings(ctx)),
        ...(await newChatWarnings(ctx)),
        ...(await unnamedReferences(ctx)),
        ...(await archivedRows(ctx)),
        ...(await changedFolds(ctx)).added,
        ...(await archivedParts(ctx)),
        ...tooManyPeople(large),
      ],
      ...scan,
      invalid: [...scan.invalid, ...(await chatsToPark(ctx))],
      references: await references(ctx),
      keyIndexExists: (await existingIndexes(ctx.chats)).some(
        ({ key }) => Object.keys(key).join() === ctx.model.chats.keyField,
      ),
      expectedSeconds: Math.ceil(expected + (ctx.graceMs * 2) / 1_000),
      pending: await hasWork(ctx, options.to ?? "settle"),
    };
  });
}

const emptyPlan: MigrationPlan = {
  problems: [],
  warnings: [],
  chats: { unique: 0, keyed: 0, keyless: 0, otherKey: 0 },
  duplicates: { groups: 0, losers: 0, largest: [], share: 1 },
  invalid: [],
  references: [],
  keyIndexExists: false,
  expectedSeconds: 0,
  pending: false,
};

interface Scan extends Pick<MigrationPlan, "chats" | "duplicates" | "invalid"> {
  /** Chats of more people than an application may ask for, unless it says so. */
  readonly large: number;
}

async function scanAll(ctx: MigrationContext, { onProgress, signal }: PlanOptions): Promise<Scan> {
  const tally = newTally();
  const total = await ctx.chats.estimatedDocumentCount();
  const filter = uniqueChats(ctx.model);
  signal?.throwIfAborted();
  for await (const chats of chatBatches(ctx, { filter, limit: batch, shown: bytesShown })) {
    for (const chat of chats) if (!isReleased(ctx.model, chat)) countChat(ctx.model, tally, chat);
    onProgress?.(tally.counts.unique, total);
    signal?.throwIfAborted();
  }
  const { counts, census, invalid, large } = tally;
  const reasons = [...invalid].map(([reason, found]) => ({ reason, ...found }));
  const found = census.result(largestShown);
  const duplicates = { ...found, largest: await shownSurvivors(ctx, found.largest) };
  return { chats: counts, duplicates, invalid: reasons, large };
}

interface Tally {
  readonly census: DuplicateCensus;
  readonly invalid: InvalidByReason;
  readonly counts: { unique: number; keyed: number; keyless: number; otherKey: number };
  large: number;
}

function newTally(): Tally {
  const counts = { unique: 0, keyed: 0, keyless: 0, otherKey: 0 };
  return { census: duplicateCensus(mostKeys), invalid: new Map(), counts, large: 0 };
}

function countChat(model: ChatModel, tally: Tally, chat: StoredDocument): void {
  const { counts, census, invalid } = tally;
  counts.unique += 1;
  const identity = storedIdentity(model, chat);
  if (identity !== null && identity.ids.length > defaultMaxParticipants) tally.large += 1;
  const stored = chat[model.chats.keyField];
  if (stored === undefined) counts.keyless += 1;
  else counts[stored === identity?.key ? "keyed" : "otherKey"] += 1;
  const reason = invalidReason(model, chat) ?? whyUnkeyable(model, chat);
  if (reason !== null) noteInvalid(invalid, reason, chat._id);
  else if (identity !== null) census.add(identity.key, chat._id, stored === identity.key);
}

function tooManyPeople(chats: number): readonly string[] {
  if (chats === 0) return [];
  return [
    `${chats} ${chats === 1 ? "chat is" : "chats are"} of more than ${defaultMaxParticipants} people: create-or-get refuses so many unless ` +
      "chatContext gets a greater maxParticipants",
  ];
}

async function references(ctx: MigrationContext): Promise<MigrationPlan["references"]> {
  const missing = new Set(await missingReferenceIndexes(ctx));
  return Promise.all(
    ctx.model.references.map(async (reference) => ({
      collection: reference.collection,
      field: reference.field,
      documents: await collectionOf(ctx, reference.collection).estimatedDocumentCount(),
      indexed: !missing.has(reference),
    })),
  );
}
