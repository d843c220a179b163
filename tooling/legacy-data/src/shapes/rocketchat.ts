import type { Document } from "mongodb";
import { keyField, participantsField, type WrittenPeople } from "../broken-chat.ts";
import type { LegacyChat, LegacyWorld } from "../legacy-chat.ts";
import type { LegacyDocument } from "../legacy-document.ts";
import { messageText } from "../message-text.ts";
import { storedNumber } from "../stored-number.ts";
import { folderDocuments, uploadDocuments } from "./rocketchat-extras.ts";

/** Rocket.Chat's documents: every id is text, and rooms are referenced in four ways. */
export function rocketchatDocuments(world: LegacyWorld, chat: LegacyChat): readonly LegacyDocument[] {
  const rid = world.ids.text("chat", chat.position);
  const users = chat.people.map((person) => user(world, person));
  return [
    { collection: "rooms", document: roomDocument(rid, chat, users) },
    ...chat.messages.map((_, index) => ({
      collection: "messages",
      document: messageDocument(world, rid, chat, index),
    })),
    ...users.map((u) => ({ collection: "subscriptions", document: subscription(world, rid, chat, u) })),
    ...uploadDocuments(world, rid, chat),
    ...folderDocuments(world, rid, chat),
  ];
}

interface User {
  readonly _id: string;
  readonly username: string;
}

function user({ ids }: LegacyWorld, person: number): User {
  return { _id: ids.text("user", person), username: `user.${person}` };
}

function roomDocument(rid: string, chat: LegacyChat, users: readonly User[]): Document {
  const { messages, createdAt, draw } = chat;
  const lm = messages.at(-1)?.at;
  return {
    _id: rid,
    ...(chat.named ? { t: "c", name: `channel-${chat.position}` } : directFields(chat, users)),
    msgs: storedNumber(messages.length, draw),
    usersCount: storedNumber(users.length, draw),
    ts: createdAt,
    ...(lm === undefined ? {} : { lm }),
    ro: false,
    _updatedAt: lm ?? createdAt,
  };
}

function directFields({ broken }: LegacyChat, users: readonly User[]): Document {
  const ids = users.map(({ _id }) => _id);
  const written: WrittenPeople = { ids, texts: ids, otherForms: [] };
  return {
    t: "d",
    ...participantsField("uids", written, broken),
    usernames: users.map(({ username }) => username),
    ...keyField(written, broken),
  };
}

function messageDocument(world: LegacyWorld, rid: string, chat: LegacyChat, index: number): Document {
  const { at, sender } = chat.messages[index] ?? { at: chat.createdAt, sender: 0 };
  return {
    _id: world.ids.text("message", world.ids.next("message")),
    rid,
    msg: messageText(chat.draw),
    ts: at,
    u: user(world, sender),
    _updatedAt: at,
  };
}

function subscription(world: LegacyWorld, rid: string, chat: LegacyChat, u: User): Document {
  const { messages, createdAt, draw } = chat;
  const read = draw.below(messages.length + 1);
  return {
    _id: world.ids.text("member", world.ids.next("member")),
    rid,
    u,
    t: chat.named ? "c" : "d",
    ls: messages[read - 1]?.at ?? createdAt,
    ts: createdAt,
    unread: storedNumber(messages.length - read, draw),
    open: draw.chance(0.9),
  };
}
