import type { Db, Document } from "mongodb";
import type { ChatRef, LegacyApplication, Talk } from "./legacy-application.ts";

/** As all of them do it: looks, and makes one where there is none. */
export async function openLegacyChat(db: Db, application: LegacyApplication, talk: Talk): Promise<ChatRef> {
  return (await findChat(db, application, talk)) ?? insertChat(db, application, talk);
}

/** Devices that do so at once: each of them has looked before any of them makes one. */
export async function raceLegacyChat(
  db: Db,
  application: LegacyApplication,
  devices: readonly Talk[],
): Promise<readonly ChatRef[]> {
  const found = await Promise.all(devices.map((talk) => findChat(db, application, talk)));
  return Promise.all(devices.map(async (talk, at) => found[at] ?? (await insertChat(db, application, talk))));
}

async function findChat(db: Db, application: LegacyApplication, talk: Talk): Promise<ChatRef | null> {
  const chat = await db.collection(application.config.chats.collection).findOne(application.of(talk));
  return chat === null ? null : refOf(application, chat);
}

async function insertChat(db: Db, application: LegacyApplication, talk: Talk): Promise<ChatRef> {
  const chat = { ...application.identityOf(talk), ...application.newChat(talk), createdAt: new Date() };
  const { insertedId } = await db.collection(application.config.chats.collection).insertOne(chat);
  return refOf(application, { ...chat, _id: insertedId });
}

/** All chats of a talk, merged ones too, oldest first. */
export async function legacyChatsOf(
  db: Db,
  { config, of }: LegacyApplication,
  talk: Talk,
): Promise<readonly Document[]> {
  return db
    .collection(config.chats.collection)
    .find(of(talk), { sort: { _id: 1 } })
    .toArray();
}

/** What the application addresses this chat by. */
export function refOf({ refField }: LegacyApplication, chat: Document): ChatRef {
  return chat[refField] as ChatRef;
}
