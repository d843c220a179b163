import { type ChatContext, chatIds, createOrGetChat, getChat, releaseChat } from "@onechat/chat-domain";
import { ObjectId } from "mongodb";

interface StoredChat {
  readonly hiddenFor?: readonly string[];
  readonly deletedAt?: Date;
}

/** For one person: out of their list, until somebody opens the chat again. */
export async function hide(chats: ChatContext, chatId: string, person: string): Promise<void> {
  const { id } = await getChat(chats, chatId);
  const change = { $addToSet: { hiddenFor: person } };
  await chats.db.collection<StoredChat>("chats").updateOne({ _id: new ObjectId(id) }, change);
}

export async function open(chats: ChatContext, me: string, other: string): Promise<string> {
  const { chat } = await createOrGetChat(chats, { participants: [me, other] });
  const change = { $pull: { hiddenFor: me } };
  await chats.db.collection<StoredChat>("chats").updateOne({ _id: new ObjectId(chat.id) }, change);
  return chat.id;
}

/**
 * For everybody. Released first, so that whoever opens the chat meanwhile gets a new one. The document stays, without its
 * messages: old ids, those of merged duplicates included, keep leading to it instead of to nothing.
 */
export async function deleteChat(chats: ChatContext, chatId: string): Promise<void> {
  const chat = await releaseChat(chats, chatId);
  const _id = new ObjectId(chat.id);
  await chats.db.collection<StoredChat>("chats").updateOne({ _id }, { $set: { deletedAt: new Date() } });
  const ids = await chatIds(chats, chat);
  await chats.db.collection("messages").deleteMany({ chatId: { $in: ids } });
}
