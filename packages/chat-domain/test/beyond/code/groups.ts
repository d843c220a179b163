import { type ChatContext, chatContext, releaseChat } from "@onechat/chat-domain";
import { type Db, ObjectId } from "mongodb";

interface StoredChat {
  readonly participants: readonly string[];
  readonly isGroup: boolean;
  readonly title?: string;
  readonly createdAt?: Date;
}

/** `where` keeps groups out: they get no key, and the same people may have as many as they like. */
export function chatsOf(db: Db): ChatContext {
  return chatContext(db, { model: { chats: { where: { isGroup: false } } } });
}

export async function newGroup(
  { db }: ChatContext,
  participants: readonly string[],
  title: string,
): Promise<string> {
  const group: StoredChat = { participants, isGroup: true, title, createdAt: new Date() };
  const { insertedId } = await db.collection<StoredChat>("chats").insertOne(group);
  return insertedId.toHexString();
}

/** Only groups: who is in a pair is what the pair is. False where there is no such group. */
export async function join({ db }: ChatContext, groupId: string, person: string): Promise<boolean> {
  const group = { _id: new ObjectId(groupId), isGroup: true };
  const { matchedCount } = await db
    .collection<StoredChat>("chats")
    .updateOne(group, { $addToSet: { participants: person } });
  return matchedCount === 1;
}

export async function leave({ db }: ChatContext, groupId: string, person: string): Promise<boolean> {
  const group = { _id: new ObjectId(groupId), isGroup: true };
  const { matchedCount } = await db
    .collection<StoredChat>("chats")
    .updateOne(group, { $pull: { participants: person } });
  return matchedCount === 1;
}

/** The pair's chat and its messages become the group's; the pair's next `createOrGetChat` makes a new one. */
export async function turnIntoGroup(chats: ChatContext, pairId: string, guest: string): Promise<string> {
  const { id } = await releaseChat(chats, pairId);
  const change = { $set: { isGroup: true }, $addToSet: { participants: guest } };
  await chats.db.collection<StoredChat>("chats").updateOne({ _id: new ObjectId(id) }, change);
  return id;
}
