// Looks at the database with none of the migration's own code, except where that is what is asked about.
import { createHash } from "node:crypto";
import { type Document, ObjectId } from "mongodb";
import { auditChats } from "../src/audit/index.ts";
import { chatContext, getChat } from "../src/index.ts";
import type { JournalEntry, MigrationContext } from "../src/migrate/index.ts";
import type { NativeId } from "../src/identity/native-id.ts";
import type { LegacyDatabase } from "./legacy-database.ts";

export interface Merged {
  readonly loser: NativeId;
  readonly survivor: NativeId;
}

/** The documents of the chat collection that are none of the migration's business. */
export async function namedGroupsHash({ db, config: { chats } }: LegacyDatabase): Promise<string> {
  const hash = createHash("sha256");
  const groups = db
    .collection(chats.collection)
    .find({ $nor: [chats.where] }, { raw: true, sort: { _id: 1 }, batchSize: 1_000 });
  for await (const bytes of groups) hash.update(bytes as unknown as Uint8Array);
  return hash.digest("hex");
}

export async function mergedChats({ db }: LegacyDatabase): Promise<readonly Merged[]> {
  const entries = await db
    .collection<JournalEntry>("chat_merge_journal")
    .find({ state: { $in: ["merged", "settled"] } })
    .toArray();
  return entries.flatMap(({ _id, survivor }) => (survivor === null ? [] : [{ loser: _id, survivor }]));
}

export interface LiveChats {
  readonly keyed: number;
  readonly keyless: number;
  readonly keys: number;
}

export async function liveChats({ db, config: { chats } }: LegacyDatabase): Promise<LiveChats> {
  const key = { $cond: [{ $eq: [{ $type: "$participantsKey" }, "string"] }, "$participantsKey", null] };
  const [counts] = await db
    .collection(chats.collection)
    .aggregate<{ keyed: number; keyless: number; keys: number }>([
      { $match: { ...chats.where, mergedInto: { $exists: false } } },
      { $group: { _id: key, chats: { $sum: 1 } } },
      {
        $group: {
          _id: null,
          keyless: { $sum: { $cond: [{ $eq: ["$_id", null] }, "$chats", 0] } },
          keyed: { $sum: { $cond: [{ $eq: ["$_id", null] }, 0, "$chats"] } },
          keys: { $sum: { $cond: [{ $eq: ["$_id", null] }, 0, 1] } },
        },
      },
    ])
    .toArray();
  return {
    keyed: counts?.keyed ?? 0,
    keyless: counts?.keyless ?? 0,
    keys: counts?.keys ?? 0,
  };
}

/** References to merged duplicates, by the id as it is stored and as text or ObjectId. */
export async function referencesToLosers(
  { db, config }: LegacyDatabase,
  merged: readonly Merged[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { collection, field } of config.references) {
    for (const some of chunks(merged, 2_000)) {
      const forms = some.flatMap(({ loser }) => bothForms(loser));
      const referring: readonly Document[] = await db
        .collection(collection)
        .find({ [field]: { $in: forms } }, { projection: { [field]: 1 }, limit: 5 })
        .toArray();
      found.push(...referring.map((one) => `${collection} ${String(one["_id"])}: ${JSON.stringify(one)}`));
    }
  }
  return found;
}

/** Old ids that do not lead to their survivor. */
export async function lostIds(
  { db, config }: LegacyDatabase,
  merged: readonly Merged[],
): Promise<readonly string[]> {
  const ctx = chatContext(db, { model: config });
  const lost: string[] = [];
  for (const some of chunks(merged, 50)) {
    const answers = await Promise.all(
      some.map(async ({ loser, survivor }) => {
        const answer = await getChat(ctx, loser).then(
          ({ id }) => id,
          (error: unknown) => String(error),
        );
        return answer === String(survivor) ? [] : [`${String(loser)} → ${answer}, not ${String(survivor)}`];
      }),
    );
    lost.push(...answers.flat());
  }
  return lost;
}

export interface AuditVerdict {
  readonly parked: number;
  /** What has no business being there. */
  readonly other: readonly string[];
}

export async function auditVerdict(ctx: MigrationContext): Promise<AuditVerdict> {
  const other: string[] = [];
  let parked = 0;
  for await (const { code, message, chat } of auditChats(ctx)) {
    if (code === "PARKED") parked += 1;
    else other.push(`${code} ${String(chat)}: ${message}`);
  }
  return { parked, other };
}

/** What differs between two sets of digests by name. */
export function differences(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => before[name] !== after[name]);
}

function bothForms(id: NativeId): readonly unknown[] {
  const text = String(id);
  return /^[0-9a-f]{24}$/.test(text) ? [id, text, new ObjectId(text)] : [id, text];
}

function* chunks<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
}
