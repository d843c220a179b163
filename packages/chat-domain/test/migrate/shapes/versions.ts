import { type ChatRef, type LegacyApplication, openLegacyChat, refOf, type Talk } from "@onechat/legacy-data";
import { type Db, ObjectId } from "mongodb";
import {
  type ChatContext,
  chatContext,
  ChatError,
  type ChatModelInput,
  createOrGetChat,
  resolveChatId,
} from "../../../src/index.ts";

/** How a version of the application comes to its chats; what it does in them is the same code. */
export interface Version {
  readonly db: Db;
  readonly application: LegacyApplication;
  /** `null` where nobody can say just now. */
  readonly open: (talk: Talk) => Promise<ChatRef | null>;
  /** Where a chat lives today, as far as this version knows. */
  readonly today: (chat: ChatRef) => Promise<ChatRef>;
}

export function modelOf({ config }: LegacyApplication): ChatModelInput {
  const { references, ignore, ...others } = config;
  return { ...others, references: [...references], ignore: [...(ignore ?? [])] };
}

/** Finds and inserts, and goes on with whatever it was once shown. */
export function oldVersion(db: Db, application: LegacyApplication): Version {
  return {
    db,
    application,
    open: (talk) => openLegacyChat(db, application, talk),
    today: (chat) => Promise.resolve(chat),
  };
}

export function newVersion(db: Db, application: LegacyApplication): Version {
  const ctx = chatContext(db, { model: modelOf(application), deadlineMs: 120_000 });
  return {
    db,
    application,
    open: (talk) => openChat(ctx, application, talk),
    async today(chat) {
      const { refField } = application;
      const id = await resolveChatId(ctx, chat, { field: refField });
      return refField === "_id" ? new ObjectId(id) : id;
    },
  };
}

async function openChat(
  ctx: ChatContext,
  application: LegacyApplication,
  talk: Talk,
): Promise<ChatRef | null> {
  const { config, member, newChat } = application;
  const scope = config.chats.scope === null ? {} : { scope: talk.about };
  const members = member === undefined ? {} : { member };
  try {
    const request = { participants: talk.people, ...scope, ...members, set: newChat(talk) };
    const { chat } = await createOrGetChat(ctx, request);
    const stored = await ctx.chats.findOne({ _id: new ObjectId(chat.id) });
    return stored === null ? null : refOf(application, stored);
  } catch (error) {
    // A rollback has taken away the index that decides.
    if (error instanceof ChatError && error.code === "INDEX_MISSING") return null;
    throw error;
  }
}
