import { type ChatContext, createOrGetChat, getChat, resolveChatId } from "@onechat/chat-domain";
import type { HydratedDocument, InferSchemaType, Types } from "mongoose";
import { Chat, Message } from "./models.ts";

export type ChatDocument = HydratedDocument<InferSchemaType<typeof Chat.schema>>;
export type MessageDocument = HydratedDocument<InferSchemaType<typeof Message.schema>>;

/** Instead of find, then create. */
export async function accessChat(
  chats: ChatContext,
  me: Types.ObjectId,
  other: Types.ObjectId,
): Promise<ChatDocument> {
  const set = { chatName: "sender", updatedAt: new Date() };
  const { chat } = await createOrGetChat(chats, { participants: [me, other], set });
  return Chat.findById(chat.id).populate("latestMessage").orFail();
}

/** Duplicates that were merged are in the collection still: no list wants them. */
export function myChats(me: Types.ObjectId): Promise<ChatDocument[]> {
  return Chat.find({ users: me, mergedInto: null }).sort({ updatedAt: -1 }).exec();
}

export async function sendMessage(
  chats: ChatContext,
  chatId: string,
  { sender, content }: { readonly sender: Types.ObjectId; readonly content: string },
): Promise<MessageDocument> {
  const chat = await resolveChatId(chats, chatId);
  const message = await Message.create({ sender, content, chat });
  // Merged while the message was on its way? It follows at once.
  const now = await resolveChatId(chats, chat);
  if (now !== chat) await Message.updateOne({ _id: message._id, chat }, { chat: now });
  await Chat.updateOne({ _id: now }, { latestMessage: message._id });
  return message;
}

/** A merge moves messages from duplicates to the survivor: read in that order, and again if the chat has changed. */
export async function allMessages(chats: ChatContext, chatId: string): Promise<readonly MessageDocument[]> {
  for (let chat = await getChat(chats, chatId); ;) {
    const moving = await Message.find({ chat: { $in: chat.aliases } });
    const arrived = await Message.find({ chat: chat.id });
    const again = await getChat(chats, chatId);
    if (again.id === chat.id && String(again.aliases) === String(chat.aliases)) {
      const found = new Map([...moving, ...arrived].map((message) => [message.id, message]));
      return [...found.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    }
    chat = again;
  }
}
