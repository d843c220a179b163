import type { Document, ObjectId } from "mongodb";
import { keyField, participantsField, type WrittenPeople } from "../broken-chat.ts";
import type { LegacyChat, LegacyWorld } from "../legacy-chat.ts";
import type { LegacyDocument } from "../legacy-document.ts";
import { messageText } from "../message-text.ts";
import { storedNumber } from "../stored-number.ts";

/** The documents of the MERN chat tutorial, as mongoose writes them. */
export function mernDocuments(world: LegacyWorld, chat: LegacyChat): readonly LegacyDocument[] {
  const _id = world.ids.objectId("chat", chat.createdAt, chat.position);
  const messages = chat.messages.map((_, index) => messageDocument(world, _id, chat, index));
  return [
    { collection: "chats", document: chatDocument(world, _id, chat, messages.at(-1)) },
    ...messages.map((document) => ({ collection: "messages", document })),
  ];
}

const registered = new Date("2020-06-01T00:00:00Z");

function userId({ ids }: LegacyWorld, person: number): ObjectId {
  return ids.objectId("user", registered, person);
}

function chatDocument(
  world: LegacyWorld,
  _id: ObjectId,
  chat: LegacyChat,
  latest: Document | undefined,
): Document {
  const { broken, createdAt, named, draw } = chat;
  const ids = chat.people.map((person) => userId(world, person));
  const texts = ids.map((id) => id.toHexString());
  const written: WrittenPeople = { ids, texts, otherForms: texts };
  return {
    _id,
    chatName: named ? `Group ${chat.position}` : "sender",
    isGroupChat: named,
    ...participantsField("users", written, broken),
    ...(named ? { groupAdmin: ids[0] } : {}),
    ...keyField(written, broken),
    createdAt,
    updatedAt: chat.messages.at(-1)?.at ?? createdAt,
    __v: storedNumber(0, draw),
    ...(latest === undefined ? {} : { latestMessage: latest["_id"] }),
  };
}

function messageDocument(world: LegacyWorld, chatId: ObjectId, chat: LegacyChat, index: number): Document {
  const { at, sender } = chat.messages[index] ?? { at: chat.createdAt, sender: 0 };
  const readers = chat.people.filter(() => chat.draw.chance(0.3));
  return {
    _id: world.ids.objectId("message", at, world.ids.next("message")),
    sender: userId(world, sender),
    content: messageText(chat.draw),
    chat: chatId,
    readBy: readers.map((person) => userId(world, person)),
    createdAt: at,
    updatedAt: at,
    __v: storedNumber(0, chat.draw),
  };
}
