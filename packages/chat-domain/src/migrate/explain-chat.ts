import {
  aliasesField,
  keyField,
  mergedIntoField,
  recomputedKey,
  type StoredDocument,
} from "../chat-document.ts";
import { type NativeId, nativeForms } from "../native-id.ts";
import { participantIdOrNull } from "../participant-id.ts";
import { formsOf } from "./chat-forms.ts";
import { invalidityOf } from "./invalidity.ts";
import type { MigrationContext } from "./migration-context.ts";
import { MigrationError } from "./migration-error.ts";
import type { JournalEntry } from "./migration-records.ts";
import { collectionOf } from "./reference-indexes.ts";

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
 * @throws MigrationError `NOT_FOUND`
 */
export async function explainChat(ctx: MigrationContext, id: string): Promise<ChatExplanation> {
  const { journal, archive, moves } = ctx.records;
  const forms = [...nativeForms(id)];
  const [chat, entry, redirect] = await Promise.all([
    ctx.chats.findOne({ _id: { $in: forms } }),
    journal.findOne({ _id: { $in: forms } }),
    ctx.redirects.findOne({ _id: { $in: forms } }),
  ]);
  const native = chat?._id ?? entry?._id ?? redirect?._id;
  if (native === undefined) throw new MigrationError("NOT_FOUND", `nothing is known of a chat ${id}`);
  const copies = await archive
    .find({ "_id.id": native }, { projection: { document: 0 }, sort: { archivedAt: 1 } })
    .toArray();
  const records = await moves.find({ loser: native }, { projection: { ids: 1 } }).toArray();
  return {
    id: native,
    standing: chat === null ? "deleted" : isTombstone(chat) ? "tombstone" : "live",
    unique: chat !== null && (await isUnique(ctx, native)),
    key: keyOf(ctx, chat),
    mergedInto: (chat?.[mergedIntoField] as NativeId | undefined) ?? null,
    aliases: Array.isArray(chat?.[aliasesField]) ? chat[aliasesField] : [],
    journal: entry,
    duplicates: await journal.find({ survivor: native }, { limit: 100 }).toArray(),
    redirect: redirect === null ? null : { to: redirect["to"] as NativeId, since: redirect["since"] as Date },
    copies: copies.map(({ _id, archivedAt, epoch }) => ({ hash: _id.hash, archivedAt, epoch })),
    references: await Promise.all(
      ctx.model.references.map(async ({ collection, field }) => ({
        collection,
        field,
        documents: await collectionOf(ctx, collection).countDocuments({
          [field]: { $in: [...formsOf(native)] },
        }),
      })),
    ),
    moved: records.reduce((sum, { ids }) => sum + ids.length, 0),
  };
}

function isTombstone(chat: StoredDocument): boolean {
  return (chat[mergedIntoField] ?? null) !== null;
}

async function isUnique(ctx: MigrationContext, id: NativeId): Promise<boolean> {
  return (
    (await ctx.chats.findOne({ $and: [{ _id: id }, ctx.model.chats.where] }, { projection: { _id: 1 } })) !==
    null
  );
}

function keyOf(ctx: MigrationContext, chat: StoredDocument | null): ChatExplanation["key"] {
  if (chat === null) return { stored: null, right: false, invalid: null };
  const stored = chat[keyField];
  return {
    stored: typeof stored === "string" ? stored : null,
    right: stored !== undefined && stored === recomputedKey(ctx.model, chat),
    invalid: participantIdOrNull(chat._id) === null ? "invalid _id" : invalidityOf(ctx.model, chat),
  };
}
