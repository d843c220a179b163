import { ownField } from "../model/own-names.ts";
import { nativeForms, type NativeId } from "../identity/native-id.ts";
import { formsOf } from "../identity/stored-ids.ts";
import { recomputedKey } from "../model/chat-document.ts";
import { type StoredDocument } from "../model/stored-document.ts";
import { collectionOf, type MigrationContext } from "./context/migration-context.ts";
import { MigrationError } from "./context/migration-error.ts";
import { patiently } from "./context/with-migration-errors.ts";
import type { JournalEntry } from "./context/migration-records.ts";
import { invalidReason } from "./keys/chat-validity.ts";

/** The whole story of one chat, for whoever has to answer for it. Holds no ids of people. */
export interface ChatExplanation {
  readonly id: NativeId;
  readonly standing: "live" | "tombstone" | "deleted";
  /** Whether `where` selects it: other chats are none of the migration's business. */
  readonly unique: boolean;
  readonly key: { readonly stored: string | null; readonly right: boolean; readonly invalid: string | null };
  readonly mergedInto: NativeId | null;
  readonly aliases: readonly NativeId[];
  readonly journal: JournalEntry | null;
  /** Entries of duplicates that were merged into this chat. */
  readonly duplicates: readonly JournalEntry[];
  readonly redirect: { readonly to: NativeId; readonly since: Date } | null;
  readonly copies: readonly { readonly hash: string; readonly archivedAt: Date; readonly epoch: number }[];
  /** Documents that refer to this id now, by reference. */
  readonly references: readonly {
    readonly collection: string;
    readonly field: string;
    readonly documents: number;
  }[];
  /** Documents that have followed it to its survivor. */
  readonly moved: number;
}

/**
 * Tells all that is known of a chat, by its id in text form.
 *
 * @throws MigrationError `NOT_FOUND`, `UNAVAILABLE`, `PREFLIGHT_REFUSED`
 * @example
 * ```ts
 * import { type MigrationContext, explainChat } from "@onechat/chat-domain/migrate";
 *
 * export async function standing(migration: MigrationContext, chatId: string): Promise<string> {
 *   return (await explainChat(migration, chatId)).standing;
 * }
 * ```
 */
export function explainChat(ctx: MigrationContext, id: string): Promise<ChatExplanation> {
  return patiently(ctx, () => explain(ctx, id));
}

async function explain(ctx: MigrationContext, id: string): Promise<ChatExplanation> {
  const { journal } = ctx.records;
  const forms = [...nativeForms(id)];
  const [chat, entry, redirect] = await Promise.all([
    ctx.chats.findOne({ _id: { $in: forms } }),
    journal.findOne({ _id: { $in: forms } }),
    ctx.redirects.findOne({ _id: { $in: forms } }),
  ]);
  const native = chat?._id ?? entry?._id ?? redirect?._id;
  if (native === undefined) throw new MigrationError("NOT_FOUND", `nothing is known of a chat ${id}`);
  return {
    id: native,
    ...(await storedFacts(ctx, chat)),
    journal: entry,
    duplicates: await journal.find({ survivor: native }, { limit: 100 }).toArray(),
    redirect: redirect === null ? null : { to: redirect["to"] as NativeId, since: redirect["since"] as Date },
    copies: await copiesOf(ctx, native),
    references: await referencesOf(ctx, native),
    moved: await movedFrom(ctx, native),
  };
}

type StoredFacts = Pick<ChatExplanation, "standing" | "unique" | "key" | "mergedInto" | "aliases">;

async function storedFacts(ctx: MigrationContext, chat: StoredDocument | null): Promise<StoredFacts> {
  if (chat === null) {
    const key = { stored: null, right: false, invalid: null };
    return { standing: "deleted", unique: false, key, mergedInto: null, aliases: [] };
  }
  const mergedInto = (chat[ownField(ctx.model, "mergedInto")] as NativeId | undefined) ?? null;
  const aliases: unknown = chat[ownField(ctx.model, "aliases")];
  return {
    standing: mergedInto === null ? "live" : "tombstone",
    unique: await isUnique(ctx, chat._id),
    key: keyState(ctx, chat),
    mergedInto,
    aliases: Array.isArray(aliases) ? aliases : [],
  };
}

async function isUnique(ctx: MigrationContext, id: NativeId): Promise<boolean> {
  const filter = { $and: [{ _id: id }, ctx.model.chats.where] };
  return (await ctx.chats.findOne(filter, { projection: { _id: 1 } })) !== null;
}

function keyState({ model }: MigrationContext, chat: StoredDocument): ChatExplanation["key"] {
  const stored = chat[model.chats.keyField];
  return {
    stored: typeof stored === "string" ? stored : null,
    right: stored !== undefined && stored === recomputedKey(model, chat),
    invalid: invalidReason(model, chat),
  };
}

async function copiesOf({ records }: MigrationContext, id: NativeId): Promise<ChatExplanation["copies"]> {
  const copies = await records.archive
    .find({ "_id.id": id }, { projection: { document: 0 }, sort: { archivedAt: 1 } })
    .toArray();
  return copies.map(({ _id, archivedAt, epoch }) => ({ hash: _id.hash, archivedAt, epoch }));
}

function referencesOf(ctx: MigrationContext, id: NativeId): Promise<ChatExplanation["references"]> {
  const forms = [...formsOf(id)];
  return Promise.all(
    ctx.model.references.map(async ({ collection, field }) => ({
      collection,
      field,
      documents: await collectionOf(ctx, collection).countDocuments({ [field]: { $in: forms } }),
    })),
  );
}

async function movedFrom({ records }: MigrationContext, loser: NativeId): Promise<number> {
  const moves = await records.moves.find({ loser }, { projection: { ids: 1 } }).toArray();
  return moves.reduce((sum, { ids }) => sum + ids.length, 0);
}
