import type { Db, Document } from "mongodb";
import { chatSet } from "./chat-set.ts";
import { type LegacyChatsConfig, legacyConfig } from "./legacy-config.ts";
import type { LegacyShape } from "./legacy-options.ts";
import { SetDigests } from "./set-digests.ts";

/**
 * For each set of people a digest of which messages refer to a chat of theirs, to be compared before and after: nothing
 * is lost or moved to others when both are equal. A tombstone's messages count for the chat it was merged into. Chats
 * that are no set of people (named groups, broken ones) stand for themselves, and so does a chat that does not exist.
 */
export async function messagesBySet(db: Db, shape: LegacyShape): Promise<Map<string, string>> {
  const { chats, references } = legacyConfig(shape);
  const field = references.find(({ collection }) => collection === "messages")?.field ?? "";
  const digests = new SetDigests();
  const setOf = await setsOfChats(db, chats, digests);
  const messages = db.collection("messages").find({}, { projection: { [field]: 1 }, batchSize: 5000 });
  for await (const message of messages) {
    const chat = String(message[field]);
    digests.add(setOf(chat) ?? digests.indexOf(JSON.stringify({ unknown: chat })), String(message._id));
  }
  return digests.toMap();
}

type SetOf = (chat: string) => number | undefined;

async function setsOfChats(db: Db, chats: LegacyChatsConfig, digests: SetDigests): Promise<SetOf> {
  const sets = new Map<string, number>();
  const mergedInto = new Map<string, string>();
  const found = db
    .collection(chats.collection)
    .find({}, { projection: projectionOf(chats), batchSize: 5000 });
  for await (const chat of found) {
    const id = String(chat["_id"]);
    if ((chat["mergedInto"] ?? null) !== null) mergedInto.set(id, String(chat["mergedInto"]));
    else sets.set(id, digests.indexOf(setName(chats, chat)));
  }
  return (chat) => sets.get(mergedInto.get(chat) ?? chat);
}

function projectionOf({ participants, scope, where }: LegacyChatsConfig): Record<string, 1> {
  const fields = [participants, ...(scope === null ? [] : [scope]), ...Object.keys(where), "mergedInto"];
  return Object.fromEntries(fields.map((field) => [field, 1]));
}

function setName(chats: LegacyChatsConfig, chat: Document): string {
  const unique = Object.entries(chats.where).every(([field, value]) => chat[field] === value);
  const set = unique ? chatSet(chats, chat) : null;
  return set ?? JSON.stringify({ chat: String(chat["_id"]) });
}
