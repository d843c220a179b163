import { type ChatContext, createOrGetChat } from "@onechat/chat-domain";
import { type Document, ObjectId } from "mongodb";

/** Once, when the application is deployed. */
export async function ensureActivityIndex({ db }: ChatContext): Promise<void> {
  await db.collection("chats").createIndex({ participants: 1, lastActivityAt: -1, _id: -1 });
}

export async function open(chats: ChatContext, participants: readonly string[]): Promise<string> {
  const { chat } = await createOrGetChat(chats, { participants, set: { lastActivityAt: new Date() } });
  return chat.id;
}

/** `$max`, because messages are stored in another order than they were sent in. */
export async function touch({ db }: ChatContext, chatId: string, at: Date): Promise<void> {
  await db.collection("chats").updateOne({ _id: new ObjectId(chatId) }, { $max: { lastActivityAt: at } });
}

export interface Position {
  readonly lastActivityAt: Date;
  readonly _id: ObjectId;
}

/** Chats that were merged away are left out. `after` is the last chat of the page before. */
export async function newestChats(
  { db }: ChatContext,
  person: string,
  after: Position | null,
): Promise<readonly Document[]> {
  const rest =
    after === null
      ? {}
      : {
          $or: [
            { lastActivityAt: { $lt: after.lastActivityAt } },
            { lastActivityAt: after.lastActivityAt, _id: { $lt: after._id } },
          ],
        };
  const filter = { participants: person, mergedInto: null, ...rest };
  return db
    .collection("chats")
    .find(filter, { sort: { lastActivityAt: -1, _id: -1 }, limit: 20 })
    .toArray();
}
