import type { ChatConnection } from "@onechat/chat-domain/connect";
import { migrationContext, parkedChats } from "@onechat/chat-domain/migrate";
import { databaseHash, legacyConfig, type LegacyShape, messagesBySet } from "@onechat/legacy-data";

type Database = ChatConnection["db"];

/** What the demonstration compares. */
export interface DatabaseState {
  /** Chats that are unique by their people, without those that were merged. */
  readonly liveChats: number;
  readonly merged: number;
  readonly messages: number;
  /** A digest of the ids of its messages for each set of people. */
  readonly messagesBySet: ReadonlyMap<string, string>;
}

export async function databaseState(db: Database, shape: LegacyShape): Promise<DatabaseState> {
  const { collection, where } = legacyConfig(shape).chats;
  const chats = db.collection(collection);
  return {
    liveChats: await chats.countDocuments({ ...where, mergedInto: null }),
    merged: await chats.countDocuments({ ...where, mergedInto: { $ne: null } }),
    messages: await db.collection("messages").countDocuments(),
    messagesBySet: await messagesBySet(db, shape),
  };
}

/** The digest of the bytes of every document and of the indexes, by collection: of all, or only of these. */
export function collectionHashes(
  db: Database,
  only?: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  return databaseHash(db, only === undefined ? {} : { only });
}

export interface ParkedReason {
  readonly reason: string;
  readonly chats: number;
}

export async function parkedReasons(db: Database, shape: LegacyShape): Promise<readonly ParkedReason[]> {
  const ctx = migrationContext(db, { model: legacyConfig(shape) });
  const counts = new Map<string, number>();
  for (const { reason } of await parkedChats(ctx, { limit: 1_000_000 })) {
    const text = reason ?? "no reason given";
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([reason, chats]) => ({ reason, chats }));
}

/** The names under which two sets of digests differ. */
export function differingNames(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name));
}
