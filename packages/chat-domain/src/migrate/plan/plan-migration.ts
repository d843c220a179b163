import type { NativeId } from "../../identity/native-id.ts";
import { recomputedKey } from "../../model/chat-document.ts";
import { uniqueChats } from "../../model/chat-filters.ts";
import { keyField, type StoredDocument } from "../../model/stored-document.ts";
import { existingIndexes } from "../../store/key-index.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { withMigrationErrors } from "../context/migration-error.ts";
import type { MigrationPhase } from "../context/migration-event.ts";
import { invalidityOf } from "../keys/chat-validity.ts";
import { nextChats } from "../keys/scan-chats.ts";
import { preflight } from "../preflight/preflight.ts";
import { missingReferenceIndexes } from "../preflight/reference-indexes.ts";
import { type Census, duplicateCensus } from "./duplicate-census.ts";
import { hasWork } from "./pending-work.ts";

export interface InvalidChats {
  readonly reason: string;
  readonly chats: number;
  /** The first of them. */
  readonly examples: readonly NativeId[];
}

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

const batch = 2_000;
const mostKeys = 250_000;
const largestShown = 10;
const examplesShown = 5;

/** Measured on the embedded engine: writing keys takes about so many times as long as reading chats does … */
const backfillFactor = 4;
/** … and a merge about so many times as long as reading a chat. */
const mergeFactor = 40;

/**
 * Looks at every chat and says what `up` would do.
 *
 * @throws MigrationError `UNAVAILABLE`
 */
export async function planMigration(
  ctx: MigrationContext,
  options: PlanOptions = {},
): Promise<MigrationPlan> {
  return withMigrationErrors(async () => {
    const createsReferenceIndexes = options.createReferenceIndexes === true;
    const { problems, warnings } = await preflight(ctx, { createsReferenceIndexes });
    const started = performance.now();
    const scan = await scanAll(ctx, options);
    const scanSeconds = (performance.now() - started) / 1_000;
    const { unique } = scan.chats;
    const perChat = unique === 0 ? 0 : scanSeconds / unique;
    const toKey = scan.chats.keyless + scan.chats.otherKey;
    const expected = perChat * (unique + toKey * backfillFactor + scan.duplicates.losers * mergeFactor);
    return {
      problems,
      warnings,
      ...scan,
      references: await references(ctx),
      keyIndexExists: (await existingIndexes(ctx.chats)).some(
        ({ key }) => Object.keys(key).join() === keyField,
      ),
      expectedSeconds: Math.ceil(expected + (ctx.graceMs * 2) / 1_000),
      pending: await hasWork(ctx, options.to ?? "settle"),
    };
  });
}

type Scan = Pick<MigrationPlan, "chats" | "duplicates" | "invalid">;

async function scanAll(ctx: MigrationContext, { onProgress, signal }: PlanOptions): Promise<Scan> {
  const census = duplicateCensus(mostKeys);
  const invalid = new Map<string, { chats: number; examples: NativeId[] }>();
  const counts = { unique: 0, keyed: 0, keyless: 0, otherKey: 0 };
  const total = await ctx.chats.estimatedDocumentCount();
  const filter = uniqueChats(ctx.model);
  for (let after: NativeId | null = null; ;) {
    signal?.throwIfAborted();
    const chats: readonly StoredDocument[] = await nextChats(ctx, { filter, after, limit: batch });
    const last = chats.at(-1);
    if (last === undefined) break;
    for (const chat of chats) {
      counts.unique += 1;
      const key = recomputedKey(ctx.model, chat);
      const stored = chat[keyField];
      if (stored === undefined) counts.keyless += 1;
      else counts[stored === key ? "keyed" : "otherKey"] += 1;
      const reason = invalidityOf(ctx.model, chat);
      if (reason !== null) noteInvalid(invalid, reason, chat._id);
      else if (key !== null) census.add(key, chat._id, stored === key);
    }
    onProgress?.(counts.unique, total);
    after = last._id;
  }
  const reasons = [...invalid].map(([reason, found]) => ({ reason, ...found }));
  return { chats: counts, duplicates: census.result(largestShown), invalid: reasons };
}

function noteInvalid(
  invalid: Map<string, { chats: number; examples: NativeId[] }>,
  reason: string,
  chat: NativeId,
): void {
  const known = invalid.get(reason) ?? { chats: 0, examples: [] };
  known.chats += 1;
  if (known.examples.length < examplesShown) known.examples.push(chat);
  invalid.set(reason, known);
}

async function references(ctx: MigrationContext): Promise<MigrationPlan["references"]> {
  const missing = new Set(await missingReferenceIndexes(ctx));
  return Promise.all(
    ctx.model.references.map(async (reference) => ({
      collection: reference.collection,
      field: reference.field,
      documents: await ctx.db.collection(reference.collection).estimatedDocumentCount(),
      indexed: !missing.has(reference),
    })),
  );
}
