import {
  type AnyDb,
  type ChatContext,
  chatContext,
  createOrGetChat,
  getChat,
  resolveChatId,
} from "@onechat/chat-domain";
import { type Document, ObjectId } from "mongodb";

/** `chats` is the same as in migrator.json. */
export function chatsOf(db: AnyDb): ChatContext {
  return chatContext(db, {
    model: {
      chats: {
        collection: "chats",
        participants: "users",
        participantType: "objectId",
        where: { isGroupChat: false },
        scope: null,
      },
    },
  });
}

export async function openChat(chats: ChatContext, me: ObjectId, other: ObjectId): Promise<string> {
  const set = { chatName: "sender", updatedAt: new Date() };
  const { chat } = await createOrGetChat(chats, { participants: [me, other], set });
  return chat.id;
}

export interface NewMessage {
  readonly sender: ObjectId;
  readonly content: string;
}

/** `chatId` may be of any age: of a bookmark, of a phone that was offline, of a chat that was merged just now. */
export async function sendMessage(
  chats: ChatContext,
  chatId: string,
  message: NewMessage,
): Promise<ObjectId> {
  const messages = chats.db.collection("messages");
  const chat = await resolveChatId(chats, chatId);
  const { insertedId } = await messages.insertOne({
    ...message,
    chat: new ObjectId(chat),
    createdAt: new Date(),
  });
  // Merged while the message was on its way? It follows at once.
  const now = await resolveChatId(chats, chat);
  if (now !== chat) {
    const missed = { _id: insertedId, chat: new ObjectId(chat) };
    await messages.updateOne(missed, { $set: { chat: new ObjectId(now) } });
  }
  const latest = { latestMessage: insertedId, updatedAt: new Date() };
  await chats.db.collection("chats").updateOne({ _id: new ObjectId(now) }, { $set: latest });
  return insertedId;
}

/** A merge moves messages from duplicates to the survivor: read in that order, and again if the chat has changed. */
export async function newestMessages(
  chats: ChatContext,
  chatId: string,
  limit: number,
): Promise<readonly Document[]> {
  for (let chat = await getChat(chats, chatId); ;) {
    const found = new Map<string, Document>();
    for (const ids of [chat.aliases, [chat.id]]) {
      const filter = { chat: { $in: ids.map((id) => new ObjectId(id)) } };
      const newest = chats.db.collection("messages").find(filter, { sort: { _id: -1 }, limit });
      for await (const message of newest) found.set(message._id.toHexString(), message);
    }
    const again = await getChat(chats, chatId);
    if (again.id === chat.id && String(again.aliases) === String(chat.aliases)) {
      const newestFirst = [...found].toSorted(([a], [b]) => (a < b ? 1 : -1));
      return newestFirst.slice(0, limit).map(([, message]) => message);
    }
    chat = again;
  }
}
