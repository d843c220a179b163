import type { Document, ObjectId } from "mongodb";
import { keyField, participantsField, type WrittenPeople } from "../broken-chat.ts";
import type { LegacyChat, LegacyWorld } from "../legacy-chat.ts";
import type { LegacyDocument } from "../legacy-document.ts";
import { messageText } from "../message-text.ts";
import { storedNumber } from "../stored-number.ts";
import { onechatOtherForm, onechatPerson } from "./onechat-person.ts";

/** onechat's own documents from before there were keys. */
export function onechatDocuments(world: LegacyWorld, chat: LegacyChat): readonly LegacyDocument[] {
  const _id = world.ids.objectId("chat", chat.createdAt, chat.position);
  const texts = chat.people.map((person) => onechatPerson(world, person));
  return [
    { collection: "chats", document: chatDocument(_id, chat, texts) },
    ...chat.messages.map((_, index) => ({
      collection: "messages",
      document: messageDocument(world, _id, chat, index),
    })),
    ...texts.map((userId) => ({
      collection: "members",
      document: memberDocument(world, _id, chat, userId),
    })),
  ];
}

function chatDocument(_id: ObjectId, chat: LegacyChat, texts: readonly string[]): Document {
  const { createdAt, draw, broken } = chat;
  const written: WrittenPeople = { ids: texts, texts, otherForms: texts.map(onechatOtherForm) };
  const lastMessageAt = chat.messages.at(-1)?.at;
  return {
    _id,
    kind: chat.named ? "group" : "direct",
    ...(chat.named ? { name: `Group ${chat.position}` } : {}),
    ...participantsField("participants", written, broken),
    ...scopeField(chat),
    ...keyField(written, broken),
    createdAt,
    updatedAt: new Date((lastMessageAt ?? createdAt).getTime() + draw.below(60_000)),
    ...(lastMessageAt === undefined ? {} : { lastMessageAt }),
    messageCount: storedNumber(chat.messages.length, draw),
    ...tagsField(chat),
  };
}

/** No scope is sometimes stored as the empty one. */
function scopeField({ scope, draw }: LegacyChat): Document {
  const empty = draw.chance(0.1);
  if (scope !== null) return { scope };
  return empty ? { scope: "" } : {};
}

const tags = ["pinned", "work", "family", "archived", "billing", "été"] as const;

function tagsField({ draw }: LegacyChat): Document {
  return draw.chance(0.3) ? { tags: [...new Set([draw.pick(tags), draw.pick(tags)])] } : {};
}

function messageDocument(world: LegacyWorld, chatId: ObjectId, chat: LegacyChat, index: number): Document {
  const { at, sender } = chat.messages[index] ?? { at: chat.createdAt, sender: 0 };
  return {
    _id: world.ids.objectId("message", at, world.ids.next("message")),
    chatId,
    senderId: onechatPerson(world, sender),
    text: messageText(chat.draw),
    createdAt: at,
  };
}

function memberDocument(world: LegacyWorld, chatId: ObjectId, chat: LegacyChat, userId: string): Document {
  const { messages, createdAt, draw } = chat;
  const read = draw.below(messages.length + 1);
  return {
    _id: world.ids.objectId("member", createdAt, world.ids.next("member")),
    chatId,
    userId,
    unread: storedNumber(messages.length - read, draw),
    readUpTo: messages[read - 1]?.at ?? createdAt,
    joinedAt: createdAt,
  };
}
